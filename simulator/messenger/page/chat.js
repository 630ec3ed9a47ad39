// The thread of one person with the Page, as Messenger shows it, made from the entries of the journal.
import { atEnd, clock, duration, el, list, text, toEnd } from "./dom.js";
import { bubble, quickReply, render } from "./message.js";

const TYPING = 20_000; // Meta switches typing_on off by itself after 20 s
const PAUSE = 10 * 60_000; // after that much silence the time is shown
const KEPT = 2000; // messages and notes on the page; the journal forgets older ones too

export class Chat {
  constructor(parts, profile, post) {
    this.parts = parts; // log, typing, quickReplies, empty: elements of the page; begun(): something was said
    this.profile = profile; // the person's phone and email
    this.post = post; // post(path, body) sends what the person does
    this.byMID = new Map(); // messages of both sides
    this.byNumber = new Map(); // the person's messages by the number of their webhook
    this.shown = new Set(); // numbers of the calls that were shown
    this.lastTime = 0;
    this.mark = el("p", { class: "mark" });
    this.marked = null; // the person's message that the mark stands under
    this.timer = 0;
    this.follow = true; // whether what is new is scrolled to
    this.top = 0; // where the thread was scrolled to last
    this.keepEnd(parts.log);
  }

  // keepEnd keeps the end of the thread in sight until the person scrolls up: also when pictures come late or not
  // at all, and when the window changes.
  keepEnd(log) {
    log.addEventListener("scroll", () => {
      const up = log.scrollTop < this.top;
      this.top = log.scrollTop;
      if (atEnd(log)) this.follow = true;
      else if (up) this.follow = false;
    });
    const keep = () => this.follow && toEnd(log);
    for (const event of ["load", "error"]) {
      log.addEventListener(event, () => setTimeout(keep), true); // once the picture's own listener has run
    }
    new ResizeObserver(keep).observe(log);
  }

  // apply shows an entry, or what has changed in one that was shown before. age is how old it is, in ms.
  apply(entry, age) {
    if (entry.webhook) this.event(entry);
    else if (entry.refused || entry.clock) this.note(entry);
    else if (entry.call && !this.shown.has(entry.n)) {
      this.shown.add(entry.n);
      this.call(entry, age);
    }
    if (this.follow) toEnd(this.parts.log);
  }

  // event shows what the person did, and whether the bot has taken it.
  event(entry) {
    let shown = this.byNumber.get(entry.n);
    if (!shown) {
      const [{ messaging, standby }] = JSON.parse(entry.webhook.body).entry;
      const [item] = messaging ?? standby;
      if (!item.message && !item.postback) {
        this.control(entry, item);
        return;
      }
      const said = item.message ?? item.postback;
      const side = item.message?.is_echo ? "page" : "person";
      shown = this.add(side, said.mid, entry, [bubble(text(said.text ?? said.title))]);
      this.byNumber.set(entry.n, shown);
      this.offer([]);
      if (side === "page") this.human(shown);
      else this.sending(shown);
    }
    if (!entry.webhook.done) return;
    if (this.marked === shown && this.mark.textContent === "Sending…") {
      const listens = "standby" in JSON.parse(entry.webhook.body).entry[0];
      this.mark.textContent = entry.webhook.problem ? "" : listens ? "Delivered, the bot only listens" : "Delivered";
    }
    if (entry.webhook.problem && !shown.classList.contains("failed")) {
      shown.classList.add("failed");
      shown.append(el("p", { class: "problem" }, "Not delivered: ", entry.webhook.problem));
    }
  }

  // control shows, once, that the thread was taken from the bot or passed to it.
  control(entry, item) {
    if (this.shown.has(entry.n)) return;
    this.shown.add(entry.n);
    const words = item.pass_thread_control ? "The thread was passed to the bot"
      : item.take_thread_control ? "A colleague has taken the thread over"
      : "Another app asks for the thread";
    this.line("time", words);
  }

  // sending moves the mark under what the person did last.
  sending(shown) {
    this.marked = shown;
    shown.after(this.mark);
    this.mark.textContent = "Sending…";
  }

  // human marks a message that a human has written in the Page's inbox, past the bot.
  human(shown) {
    this.type(false);
    shown.classList.add("human");
    shown.append(el("p", { class: "by" }, "A human, from the Page’s inbox"));
  }

  // note shows what happened beside the thread, once: the clock was moved, or the bot refused to send.
  note(entry) {
    if (this.shown.has(entry.n)) return;
    this.shown.add(entry.n);
    if (entry.clock) {
      this.type(false);
      this.line("time moved", `${duration(entry.clock.millis)} later`);
    } else {
      this.line("refused", `The bot did not send a message: ${text(entry.refused.reason)}`);
    }
  }

  line(className, words) {
    this.parts.log.append(el("p", { class: className }, words));
    this.parts.empty.hidden = true;
    this.trim();
  }

  call(entry, age) {
    const params = entry.call.params ?? {};
    if (entry.call.mid) {
      this.type(false);
      this.message(entry, params.message ?? {});
    } else if (entry.call.status !== 200) {
      this.refused(entry);
    } else if (entry.call.action) {
      this.action(entry.call.action, params.payload ?? {}, age);
    }
  }

  message(entry, message) {
    const mid = entry.call.mid;
    const shown = this.add("page", mid, entry, render(message, (place) => this.tap({ mid, ...place })));
    if (this.follow) {
      for (const picture of shown.querySelectorAll("img")) {
        picture.addEventListener("load", () => toEnd(this.parts.log), { once: true });
      }
    }
    this.offer(list(message.quick_replies).map((spec, i) =>
      quickReply(spec, this.profile, () => this.tap({ mid, quick_reply: i }))));
  }

  // action plays a sender action.
  action(name, payload, age) {
    switch (name) {
      case "typing_on":
        this.type(age < TYPING, TYPING - age);
        break;
      case "typing_off":
        this.type(false);
        break;
      case "mark_seen":
        if (this.marked) this.mark.textContent = "Seen";
        break;
      case "react":
      case "unreact":
        this.react(text(payload.message_id), name === "react" ? text(payload.reaction) : "");
    }
  }

  react(mid, reaction) {
    const shown = this.byMID.get(mid);
    if (!shown) return;
    shown.querySelector(".reaction")?.remove();
    if (reaction) {
      const label = `The Page reacted with ${reaction}`;
      const badge = el("span", { class: "reaction", role: "img", "aria-label": label }, reaction);
      shown.querySelector(".bubble")?.append(badge);
    }
  }

  // refused tells the developer, in the thread, what the person would not get to see.
  refused(entry) {
    const error = entry.call.answer?.error;
    const what = entry.call.action || "a message";
    const why = text(error?.message) || `HTTP status ${entry.call.status || "none: connection closed"}`;
    this.line("refused", `The Graph API refused ${what}: ${why}`);
  }

  // add appends a message to the thread.
  add(side, mid, { n, time }, parts) {
    this.parts.empty.hidden = true;
    this.parts.begun?.();
    if (time - this.lastTime > PAUSE) {
      const stamp = new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      this.parts.log.append(el("p", { class: "time" }, stamp));
    }
    this.lastTime = time;
    const shown = el("div", { class: `message ${side}`, "data-mid": mid, "data-n": n, title: clock(time) },
      el("span", { class: "hidden" }, side === "page" ? "The Page:" : "You:"), ...parts);
    this.parts.log.append(shown);
    this.byMID.set(mid, shown);
    this.trim();
    return shown;
  }

  trim() {
    const lines = this.parts.log.children; // the first is the hint in an empty chat
    while (lines.length > KEPT) {
      const oldest = lines[1];
      this.byMID.delete(oldest.dataset.mid);
      this.byNumber.delete(Number(oldest.dataset.n));
      oldest.remove();
    }
  }

  // offer shows the quick replies of the newest message. Those of the one before are gone.
  offer(chips) {
    const all = chips.filter((chip) => chip !== null);
    this.parts.quickReplies.replaceChildren(...all);
    this.parts.quickReplies.hidden = all.length === 0;
  }

  tap(place) {
    document.getElementById("text").focus(); // a quick reply vanishes, and the keyboard's focus with it
    return this.post("tap", place);
  }

  type(on, rest) {
    clearTimeout(this.timer);
    this.parts.typing.hidden = !on;
    if (on) this.timer = setTimeout(() => this.type(false), rest);
  }
}
