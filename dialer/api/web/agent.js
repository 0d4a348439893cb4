// The agent's desk. What is shown comes from the server's words (hello, state, pop, …) and nothing is remembered here that
// the server does not know: a page that is loaded again is in the same call.
import { Summons } from "/assets/agent-away.js";
import { idleView } from "/assets/agent-idle.js";
import { CallView } from "/assets/agent-call.js";
import { LineBar } from "/assets/agent-line.js";
import { Picker } from "/assets/agent-pick.js";
import { Search } from "/assets/agent-search.js";
import { sendLeftovers } from "/assets/agent-draft.js";
import { byId, h, note, setText } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { Link } from "/assets/link.js";
import { BrowserPhone } from "/assets/phone.js";
import { PhonePanel } from "/assets/phone-panel.js";
import { duration, heard, now } from "/assets/time.js";
import { showLinked, startTop } from "/assets/top.js";
import { known, t, translate } from "/assets/words.js";
import "/assets/words-desk.js";

const PAUSES = ["break", "lunch", "training", "technical", "other_work"];
const SHORT_S = 8;
const SKIPS = ["not_now", "already_settled", "unclear", "other"];
const OWN_WISH = /^(skipped_|preview_left)/; // he knows why himself
const PICKS_IN = new Set(["ready", "paused"]);
const AT_WORK = new Set(["previewing", "reserved", "talking", "wrap_up"]);

const me = await ask("GET", "/api/v1/me");
const number = me.agent;
const path = `/api/v1/agents/${number}`;
const agent = await ask("GET", path);
const mine = (what, body) => act("POST", `${path}/${what}`, body);

const OFFLINE = { state: "offline", since: 0, reason: "" };
let state = OFFLINE;
let wish = null;
let view = null; // the CallView, while there is a call
const recent = [];

// ---- what the server says

const words = {
  hello(message) {
    state = message.state ?? OFFLINE;
    wish = message.wish;
    setCall(message.call);
    line.heard(message.line);
    sendLeftovers(`${path}/form`, view?.attempt);
    if (state.state !== "offline") phone.resume();
  },
  state(message) {
    if (message.since < state.since) return;
    state = message;
    if (!AT_WORK.has(state.state)) wish = null;
    if (!AT_WORK.has(state.state)) setCall(null);
    if (!PICKS_IN.has(state.state)) picker.close();
    if (state.state !== "talking") line.heard(null);
    else line.paint();
  },
  wish(message) { wish = message.wish; },
  line(message) { line.heard(message); },
  pop(message) { setCall(message); },
  preview_over(message) {
    if (!isShown(message)) return;
    if (byId("reasons").dataset.of === message.attempt) byId("reasons").close();
    if (!OWN_WISH.test(message.reason)) note(t("preview_over"), known(`preview_over_${message.reason}`, known(`refused_${message.reason}`, message.reason)));
    view = null;
  },
  pick_refused(message) { note(t("preview_over"), known(`preview_over_${message.reason}`, message.reason)); },
  found(message) { search.heard(message); },
  form(message) { if (isShown(message)) view.edited(message.edits); },
  call_ended(message) { if (isShown(message)) view.end(); },
  disposed(message) { if (isShown(message)) view.saved(message.disposition); },
  withdrawn(message) { if (isShown(message)) view.withdraw(); },
  alarm(message) { note(t("alarms"), known(`alarm_${message.name}_yours`, known(`alarm_${message.name}`, message.text, message.facts))); },
};

function onMessage(message) {
  heard(message.at);
  words[message.type]?.(message);
  phone.heard(state.state);
  paint();
}

function onChange(isLinked) {
  showLinked(isLinked);
  if (!isLinked) search.lost();
}

const isShown = (message) => view !== null && view.attempt === message.attempt;

function setCall(call) {
  if (call === null) {
    summons.stop();
    if (view !== null && !view.isPreview) recent.unshift(view.summary());
    recent.splice(12);
    view = null;
    return;
  }
  if (!isShown(call)) view = new CallView(call, { agent, path, search });
  else view.update(call);
  if (byId("main").firstElementChild !== view.element) byId("main").replaceChildren(view.element);
  // Acknowledged when it is on the glass, not when it has arrived; a page that nobody sees calls him to it and says so.
  requestAnimationFrame(() => requestAnimationFrame(() => { link.say({ type: "seen", attempt: call.attempt }); summons.seen(call.attempt); }));
  if (!document.hidden || call.ended || call.seen || view.isPreview) return;
  link.say({ type: "hidden", attempt: call.attempt });
  summons.start(call.attempt);
}

// ---- what the agent sees

function paint() {
  byId("strip").dataset.state = state.state;
  setText(byId("state"), t(`state_${state.state}`));
  setText(byId("state-reason"), state.reason ? known(`reason_${state.reason}`, state.reason) : "");
  byId("wish").hidden = wish === null;
  if (wish !== null) setText(byId("wish"), t(`after_call_${wish.wanted}`) + (wish.reason ? ` · ${known(`reason_${wish.reason}`, wish.reason)}` : ""));
  byId("withdrawn").hidden = !view?.isWithdrawn;
  document.title = `${t(`state_${state.state}`)} · Dialer`;
  paintActs();
  if (view === null) idleView(byId("main"), { state, agent, recent, mayPick: picker.isUseful, signIn });
  tick();
}

function tick() {
  setText(byId("for"), state.since ? duration(now() - state.since) : "");
  view?.tick();
  line.tick();
  if (PICKS_IN.has(state.state)) picker.look();
  const clock = view?.wrapUp(state) ?? view?.toLook(state) ?? null;
  byId("left").hidden = byId("left-bar").hidden = clock === null;
  if (clock === null) return;
  setText(byId("left-word"), t(clock.word));
  setText(byId("left-for"), duration(Math.ceil(clock.left)));
  byId("left").classList.toggle("short", clock.left <= SHORT_S);
  byId("left-bar").max = clock.whole;
  byId("left-bar").value = clock.left;
}

function paintActs() {
  const shown = ACTS.filter((one) => one.in.includes(state.state) && !(one.unless?.()));
  const key = shown.map((one) => one.word).join() + document.documentElement.lang;
  const acts = byId("acts");
  if (acts.dataset.key === key) return;
  acts.dataset.key = key;
  acts.replaceChildren(...shown.map((one) =>
    h(`button.button${one.kind ? `.${one.kind}` : ""}`, { onclick: one.run, "aria-keyshortcuts": one.code.slice(3) }, t(one.word), h("kbd", {}, one.code.slice(3)))));
}

// ---- what the agent does

async function signIn(endpoint) {
  summons.askLeave();
  const { browser } = agent.phones.find((one) => one.endpoint === endpoint) ?? {};
  if (!browser || (await phone.use(endpoint))) mine("sign-in", endpoint ? { endpoint } : undefined);
}

const ACTS = [
  { word: "dial", code: "KeyG", kind: "main", in: ["previewing"], unless: () => !view?.isPreview, run: () => mine("dial", { attempt: view.attempt }) },
  { word: "skip", code: "KeyL", in: ["previewing"], unless: () => !view?.isPreview, run: openSkips },
  { word: "pick", code: "KeyA", in: [...PICKS_IN], unless: () => !picker.isUseful, run: () => picker.open() },
  { word: "be_ready", code: "KeyR", kind: "main", in: ["paused"], run: () => mine("ready") },
  { word: "be_ready", code: "KeyR", in: ["talking", "wrap_up", "reserved"], unless: () => wish === null, run: () => mine("ready") },
  { word: "call_phone_again", code: "KeyR", kind: "main", in: ["lost"], run: () => mine("ready") },
  { word: "pause", code: "KeyP", in: ["ready", "previewing", "talking", "wrap_up", "reserved", "paused"], run: openReasons },
  { word: "hang_up", code: "KeyH", kind: "danger", in: ["reserved"], unless: () => !view?.isPreview, run: () => mine("hang-up") },
  { word: "hang_up", code: "KeyH", kind: "danger", in: ["talking"], run: () => mine("hang-up") },
  { word: "go_offline", code: "KeyO", in: ["ready", "previewing", "paused", "lost", "calling", "talking", "wrap_up"], run: () => mine("sign-out") },
];

function openReasons() { choose("pause", PAUSES.map((reason) => [`reason_${reason}`, () => mine("pause", { reason })])); }

function openSkips() {
  const { attempt } = view;
  choose("skip", SKIPS.map((reason) => [`skip_${reason}`, () => mine("skip", { attempt, reason })]), attempt);
}

/** One of a few, by its digit; `of` is the attempt that it is about, with which it goes. */
function choose(title, choices, of = "") {
  const dialog = byId("reasons");
  dialog.dataset.of = of;
  dialog.setAttribute("aria-label", t(title));
  dialog.replaceChildren(h("form", { method: "dialog" }, h("p.title", {}, t(title)),
    choices.map(([word, run], place) => h("button.button.plain", { value: word, onclick: run }, h("kbd", {}, String(place + 1)), t(word)))));
  dialog.showModal();
}

addEventListener("keydown", (event) => {
  if (event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (byId("reasons").open) {
    const place = /^(?:Digit|Numpad)([1-5])$/.exec(event.code)?.[1];
    if (place) byId("reasons").querySelectorAll("button")[place - 1]?.click();
    return;
  }
  if (picker.isOpen) return;
  const typing = event.target.matches("input, textarea, select");
  if (event.ctrlKey && event.code !== "Enter") return;
  const found = !typing && ACTS.find((one) => one.code === event.code && one.in.includes(state.state) && !(one.unless?.()));
  if (found) found.run();
  else if (!typing && line.key(event)) return;
  else if (!view?.key(event, typing)) return;
  event.preventDefault();
});

document.addEventListener("language", () => {
  line.paint();
  if (view !== null) byId("main").replaceChildren(view.repaint());
  else byId("main").replaceChildren();
  panel.paint();
  paint();
});

translate(document);
startTop(`${agent.name} · ${number}`, { hasNav: false, beforeLeaving: () => state.state === "offline" || mine("sign-out") });
const phone = new BrowserPhone(path, () => panel.paint());
const panel = new PhonePanel(phone, document.querySelector(".strip .space"));
const line = new LineBar(path, byId("strip"));
const picker = new Picker(path, () => paint());
const summons = new Summons();
const search = new Search((message) => link.say(message));
const link = new Link("/ws/agent", { onMessage, onChange });
showLinked(true);
paint();
setInterval(tick, 250);
