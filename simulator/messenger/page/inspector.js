// The inspector: every webhook and every Send API call in order, with its JSON and its answer.
import { atEnd, clock, duration, el, text, toEnd } from "./dom.js";
import { describe } from "./message.js";

const KEPT = 2000; // as many as the journal

export class Inspector {
  constructor(entries) {
    this.entries = entries;
    this.rows = new Map();
  }

  // apply shows an entry, or what has changed in one that was shown before.
  apply(entry) {
    const follow = atEnd(this.entries);
    const row = this.row(entry);
    const known = this.rows.get(entry.n);
    if (known) {
      row.firstChild.open = known.firstChild.open;
      known.replaceWith(row);
    } else {
      this.entries.append(row);
    }
    this.rows.set(entry.n, row);
    while (this.rows.size > KEPT) {
      const [oldest, gone] = this.rows.entries().next().value;
      this.rows.delete(oldest);
      gone.remove();
    }
    if (follow) toEnd(this.entries);
  }

  row(entry) {
    const seen = entry.webhook ? webhook(entry.webhook) : entry.call ? call(entry.call) : note(entry);
    const details = el("details", {},
      el("summary", {},
        el("span", { class: "arrow", role: "img", "aria-label": seen.direction }, seen.arrow),
        el("span", { class: "kind" }, seen.kind),
        el("span", { class: "gist", dir: "auto" }, seen.gist),
        el("span", { class: `badge ${seen.state}` }, seen.badge),
        el("time", {}, clock(entry.time))),
      seen.problem ? el("p", { class: "problem" }, seen.problem) : null);
    // The JSON is laid out when it is looked at, so that a long run stays light.
    details.addEventListener("toggle", () => {
      if (details.open && !details.querySelector(".json")) details.append(...seen.sections().map(section));
    });
    return el("li", { class: `entry ${kindOf(entry)}`, "data-n": entry.n }, details);
  }
}

function kindOf(entry) {
  if (entry.webhook) return "webhook";
  return entry.call ? "call" : entry.refused ? "unsent" : "moved";
}

// note is a line about what crossed no wire of Meta's: the bot refused to send, or the clock was moved.
function note({ refused, clock }) {
  if (refused) {
    return {
      direction: "not sent by the bot", arrow: "✕", kind: "not sent", gist: refused.reason, state: "bad",
      badge: "no call",
      sections: () => [["Why the bot sent nothing", "The platform’s rules forbid it, so the bot made no call."]],
    };
  }
  return {
    direction: "clock moved", arrow: "◷", kind: "clock", gist: `${duration(clock.millis)} later`, state: "good",
    badge: "moved",
    sections: () => [["The clock", "Windows, expiry and reminders are judged by the new time."]],
  };
}

function webhook(w) {
  const body = JSON.parse(w.body);
  const [entry] = body.entry;
  const [item] = entry.messaging ?? entry.standby;
  const state = !w.done ? "waiting" : w.problem ? "bad" : "good";
  const answer = w.status ? `${w.status} · ${duration(w.millis)}` : "no answer";
  return {
    direction: "webhook to the bot",
    arrow: "→",
    kind: entry.standby ? `standby, ${w.kind}` : w.kind,
    gist: text(item.message?.text ?? item.postback?.title),
    state,
    badge: w.done ? answer : "waiting",
    problem: w.problem,
    sections: () => [
      [`POST ${w.url ?? ""}`, pretty(body)],
      ["Bytes as signed and posted", w.body],
      ["The bot's answer, whose body Meta ignores", w.done ? `${answer}\n${w.answer ?? ""}`.trim() : "not yet"],
    ],
  };
}

function call(c) {
  const params = c.params ?? {};
  const good = c.status === 200;
  const message = params.message;
  const refused = c.rule ? ` · ${c.rule}` : "";
  return {
    direction: "call from the bot",
    arrow: "←",
    kind: c.action || (message ? describe(message) : c.method),
    gist: gist(c, params),
    state: good ? "good" : "bad",
    badge: good ? "200" : `${c.status || "closed"}${refused}`,
    problem: good ? "" : text(c.answer?.error?.message),
    sections: () => [
      [`${c.method} ${c.path}`, pretty(params)],
      [`Answer: ${c.status || "connection closed"}${c.rule ? `, refused by rule ${c.rule}` : ""}`,
        c.answer === undefined ? "" : pretty(c.answer)],
    ],
  };
}

// gist is the line beside the kind of a call: the words, the reaction, or where the call went.
function gist(c, params) {
  if (params.message) return text(params.message.text ?? params.message.attachment?.payload?.text);
  return c.action ? text(params.payload?.reaction) : c.path;
}

function section([title, content]) {
  return el("div", { class: "json" }, el("h3", {}, title), el("pre", { tabindex: "0" }, content));
}

function pretty(value) {
  return JSON.stringify(value, null, 2);
}
