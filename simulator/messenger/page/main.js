// The page: follows the simulator's journal and sends what the person does.
import { Chat } from "./chat.js";
import { Inspector } from "./inspector.js";
import { Welcome } from "./welcome.js";

const $ = (id) => document.getElementById(id);

const inspector = new Inspector($("entries"));
const chats = new Map(); // by PSID
let current = ""; // whose thread is shown
let latest = null; // the status: it comes first, and again when it changes
let ahead = 0; // how far the simulator's clock is ahead of this machine's, in ms

function chat(psid) {
  if (!chats.has(psid)) {
    const parts = {
      log: $("log"), typing: $("typing"), quickReplies: $("quick-replies"), empty: $("empty"),
      begun: () => welcome.begun(),
    };
    chats.set(psid, new Chat(parts, latest.profile, post));
  }
  return chats.get(psid);
}

async function post(path, body) {
  try {
    const res = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    notice(res.ok ? "" : await res.text());
    return res.ok;
  } catch {
    notice("The simulator does not answer: has it ended?");
    return false;
  }
}

function notice(problem) {
  $("notice").textContent = problem;
  $("notice").hidden = !problem;
}

// state shows in the header whether the bot is there.
function state(line, good) {
  $("state").textContent = line;
  $("state").className = good ? "good" : "bad";
}

function show(status) {
  current = status.person;
  $("page-name").textContent = `Page ${status.page}`;
  state(status.verified ? "Your bot is connected" : status.problem, status.verified);
  $("state").title = status.bot;
  welcome.show(status.welcome);
  $("control").textContent = status.standby ? "Hand back to the bot" : "Take over";
  $("control").title = status.standby ? "A colleague has this thread: the bot only listens"
    : "As a colleague would in the Page’s inbox: the bot only listens until the thread is handed back";
}

function follow() {
  const source = new EventSource("events");
  source.onmessage = ({ data }) => {
    const { now, status, entry } = JSON.parse(data);
    ahead = now - Date.now();
    tick();
    if (status) show((latest = status));
    if (!entry) return;
    inspector.apply(entry);
    if (!entry.person || entry.person === current) chat(current).apply(entry, now - entry.time);
  };
  source.onopen = () => latest && show(latest);
  source.onerror = () => state("The simulator has ended", false);
}

// tick shows the simulator's time.
function tick() {
  const now = new Date(Date.now() + ahead);
  const parts = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  $("now").textContent = now.toLocaleString([], parts);
  $("now").dateTime = now.toISOString();
}

setInterval(tick, 1000);

$("control").addEventListener("click", () => post(latest?.standby ? "handback" : "takeover", {}));

for (const button of document.querySelectorAll("[data-minutes]")) {
  button.addEventListener("click", () => post("advance", { millis: Number(button.dataset.minutes) * 60_000 }));
}

const field = $("text");

const welcome = new Welcome({
  greeting: $("greeting"), hint: $("hint"), instead: $("instead"), iceBreakers: $("ice-breakers"),
  getStarted: $("get-started"), showMenu: $("show-menu"), menu: $("menu"), commands: $("commands"), field,
  send: $("send"),
}, (what) => post("open", what), (words) => {
  field.value = words;
  field.dispatchEvent(new Event("input"));
  field.focus();
});

function grow() {
  field.rows = Math.min(6, field.value.split("\n").length);
}

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = field.value.trim();
  if (!said) return;
  field.value = "";
  grow();
  const path = $("as-page").checked ? "human" : "say";
  if (!(await post(path, { text: said })) && !field.value) field.value = said;
});

// What is written may be the answer of a human in the Page's inbox instead of the person's own words.
$("as-page").addEventListener("change", () => {
  field.placeholder = $("as-page").checked ? "Answer as the Page" : "Aa";
  field.setAttribute("aria-label", $("as-page").checked ? "Answer as the Page" : "Message");
  field.focus();
});

field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});

// On a phone there is room for one of the two.
for (const [id, view] of [["show-inspector", "inspector"], ["show-chat", "chat"]]) {
  $(id).addEventListener("click", () => {
    document.body.dataset.view = view;
    $(view === "chat" ? "show-inspector" : "show-chat").focus();
  });
}

follow();
