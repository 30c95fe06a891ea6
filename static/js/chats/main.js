// One chat: puts the line, the messages, the replies and the composer together.
import { $, announce, post, toast, uuid, words } from "../ui.js";
import { refreshRows, showSnippet } from "../sidebar.js";
import { sayState } from "./banner.js";
import { Composer } from "./composer.js";
import { append, bodyText, confirm, fetchMessage, find, newest, ownMessage, replyMessage, sendState } from "./messages.js";
import { Outbox } from "./outbox.js";
import { catchUp as fetchNewer, edges, showEnd, showNewer, showOlder, sync } from "./path.js";
import { Reply } from "./replies.js";
import { StickToEnd } from "./scroll.js";
import { startDialogs, suggestionReady } from "./dialogs.js";
import { ChatSocket } from "./socket.js";
import { editLastOwn, startTools, toLast } from "./tools.js";

const page = $("[data-chat]");
const log = $("[data-log]");
const box = $("[data-scroller]");
const jump = $("[data-jump]");
const { chat: chatId, chatUrl, name } = page.dataset;

const replies = new Map(); // by id; every reply that is, or was, live on this page
const subscribed = new Set(); // on the line that is open now
const toldToStart = new Set();
const unacknowledged = new Set();
const outbox = new Outbox(chatId);
let lineState = "open";

const liveReplies = () => [...replies.values()].filter((reply) => reply.isLive);

// ---- one question about the path at a time

let asked = Promise.resolve();
/** What is put into the page was asked for after everything that stands there had come: no answer is older than another. */
function inTurn(ask) {
  const mine = asked.then(ask);
  asked = mine.catch(() => { /* whoever asked is told */ });
  return mine;
}

// ---- the end of the conversation

const stick = new StickToEnd(box, $("[data-log-box]"), () => {
  jump.hidden = !edges.newer && (stick.pinned || stick.gap < 140);
  $("[data-jump-label]").textContent = words(liveReplies().length ? "jump_live" : "jump_latest");
  if (!stick.pinned && box.scrollTop < 600) loadOlder();
  if (edges.newer && stick.gap < 600) loadNewer();
});
jump.addEventListener("click", async () => { await toEnd(); composer.focus(); });

/** The end of the path, if need be from the server. */
async function toEnd() {
  if (edges.newer) {
    try {
      await inTurn(async () => (await showEnd()).forEach(follow));
    } catch { toast(words("older_failed")); }
  }
  stick.pin();
}

function showLive() {
  const live = liveReplies();
  page.toggleAttribute("data-streaming", live.length > 0);
  if (live.length) $("[data-stop-form]").action = `${chatUrl}replies/${live[0].id}/cancel/`;
  stick.onChange();
}

// ---- more of the path

let loading = false;
async function load(more, said) {
  if (loading) return;
  loading = true;
  try {
    await inTurn(async () => {
      const put = await more();
      // What the reader looks at stays where it is, whichever end grows or shrinks.
      stick.hold(() => put().forEach(follow));
    });
    announce(words(said));
  } catch {
    toast(words("older_failed"));
  } finally {
    // Whoever has reached an end meanwhile does not have to move once more.
    setTimeout(() => { loading = false; stick.onChange(); }, 150);
  }
}
const loadOlder = () => { if (edges.older && newest()) load(showOlder, "older_loaded"); };
const loadNewer = () => load(showNewer, "newer_loaded");
$("[data-older-button]")?.addEventListener("click", loadOlder);

// ---- replies

function adopt(item) {
  if (item.dataset.role !== "character" || !item.hasAttribute("data-live")) return null;
  const reply = new Reply(item);
  // In the place of another item of this reply, it has to hear everything that follows what it shows.
  if (replies.has(reply.id)) subscribed.delete(reply.id);
  replies.set(reply.id, reply);
  return reply;
}

function subscribe(reply, again = false) {
  if (subscribed.has(reply.id) && !again) return;
  if (socket.send({ type: "reply.subscribe", reply_id: reply.id, after: reply.seq })) subscribed.add(reply.id);
}

function follow(item) {
  const reply = adopt(item);
  if (reply) subscribe(reply);
  showLive();
  return reply;
}

/** Take one message from the server again: the page and the server disagree about it. Null: it is not here any more. */
const reload = (id) => inTurn(async () => {
  const fresh = await fetchMessage(id);
  const old = find(id);
  if (!old || old.hasAttribute("data-editing")) return null;
  const hadFocus = old.contains(document.activeElement);
  replies.delete(id);
  subscribed.delete(id);
  if (!fresh) return void old.remove();
  old.replaceWith(fresh);
  if (hadFocus) $("article", fresh).focus({ preventScroll: true });
  follow(fresh);
  return fresh;
});

const speaker = (reply) => $("[data-speaker]", reply.item).textContent;

function onReplyFrame(frame) {
  const reply = replies.get(frame.reply_id);
  if (!reply) return;
  const outcome = reply.apply(frame);
  if (outcome === "hole") subscribe(reply, true);
  if (outcome !== "applied") return;
  acknowledge(reply);
  if (frame.type === "reply.start" && !toldToStart.has(reply.id)) {
    toldToStart.add(reply.id);
    announce(words("is_writing", { name: speaker(reply) }));
    showSnippet(words("is_writing", { name: speaker(reply) }), true);
  }
  if (frame.type === "reply.done") onDone(reply, frame);
  if (frame.type !== "reply.delta") showLive();
}

function onDone(reply, { status, message }) {
  reply.paint();
  const said = bodyText(reply.item);
  if (status === "done") announce(words("replied", { name: speaker(reply), text: said.slice(0, 220) }));
  else if (status === "cancelled") announce(words("stopped_by", { name: speaker(reply) }));
  else announce(message || words(status === "failed" ? "failed" : "interrupted"), "assertive");
  showSnippet(said.slice(0, 90), false);
  toLast();
  sawAll();
  showRemembered(reply.item);
}

/** What it remembered stands in its record, which is written with its end. */
async function showRemembered(item) {
  const fresh = await fetchMessage(item.dataset.message).catch(() => null);
  const chips = fresh && $("[data-remembered]", fresh);
  if (!chips || $("[data-remembered]", item)) return;
  stick.hold(() => $("[data-actions]", item).before(chips));
  page.dispatchEvent(new CustomEvent("remembered"));
}

/** The reader has seen what there is. */
function sawAll() {
  if (!document.hidden) socket.send({ type: "chat.read" });
}

document.addEventListener("visibilitychange", sawAll);

// At most five times a second, the oldest first.
let acknowledging = 0;
function acknowledge(reply) {
  unacknowledged.add(reply);
  acknowledging ||= setTimeout(() => {
    acknowledging = 0;
    const [first] = unacknowledged;
    unacknowledged.delete(first);
    socket.send({ type: "reply.ack", reply_id: first.id, seq: first.seq });
    const [next] = unacknowledged;
    if (next) acknowledge(next);
  }, 200);
}

// ---- sending and stopping

/** Whom the reader has called on for the next answer: once. */
function takeNextSpeaker() {
  const { nextSpeaker } = page.dataset;
  page.dispatchEvent(new CustomEvent("speaker-taken"));
  return nextSpeaker || null;
}

const send = ({ key, text, after = null, speaker = null }) => socket.send({ type: "message.send", key, text, after, speaker });
const isUp = () => socket.isOpen && lineState !== "offline";
const sayOwnState = (item) => sendState(item, "clock", words(isUp() ? "sending" : "sent_waiting"));

async function showOwn(entry) {
  if (edges.newer) await toEnd();
  const item = ownMessage(entry);
  item.dataset.key = entry.key;
  sayOwnState(item);
  $("[data-empty]")?.remove();
  append(item);
}

const composer = new Composer(chatId, {
  onSend(text) {
    const after = newest()?.dataset.message ?? null;
    const entry = { key: uuid(), text, at: Date.now(), after, speaker: takeNextSpeaker() };
    outbox.add(entry);
    showOwn(entry);
    stick.pin();
    send(entry);
    if (!isUp()) sayState(lineState, { waiting: outbox.all.length, name });
  },
  onStop: stop,
  onUp: editLastOwn,
});

function stop() {
  const [reply] = liveReplies();
  if (!reply) return false;
  if (!socket.send({ type: "reply.cancel", reply_id: reply.id })) {
    post(`${chatUrl}replies/${reply.id}/cancel/`).catch(() => toast(words("retry_failed")));
  }
  return true;
}
$("[data-stop-form]").addEventListener("submit", (event) => { event.preventDefault(); stop(); composer.focus(); });
page.addEventListener("click", (event) => {
  const line = event.target.closest("[data-first-line]");
  if (line) composer.fill(line.textContent);
});

const ownItem = (key) => $(`.message[data-key="${key}"]`, log);

function onAccepted({ key, message_id: id, reply_ids: replyIds }) {
  outbox.take(key);
  const own = ownItem(key);
  const known = find(id);
  if (known && known !== own) own?.remove(); // a fragment has brought it before
  else if (own) confirm(own, id);
  if (!find(id)) return void catchUp();
  const [first, ...others] = replyIds;
  // Where several are at the table, the server says who it is that answers.
  if (first && !others.length && !find(first) && !$("[data-speak]")) {
    append(replyMessage(first), find(id));
    follow(find(first));
  } else if (replyIds.some((reply) => !find(reply))) catchUp();
  hintsLater();
}

function onRefused({ key, error }) {
  const entry = outbox.take(key);
  const own = ownItem(key);
  composer.complain(error.message);
  announce(error.message, "assertive");
  if (entry && composer.giveBack(entry.text)) own?.remove();
  else if (own) {
    delete own.dataset.sending;
    own.dataset.refused = "";
    sendState(own, "triangle-alert", words("not_sent"));
  }
  hintsLater();
}

log.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-retry]");
  if (!form) return;
  event.preventDefault();
  const button = $("button", form);
  const item = form.closest(".message");
  button.disabled = true;
  try {
    const answer = await post(form.action);
    const body = await answer.json();
    if (answer.status !== 202) return void toast(body.error?.message ?? body.message ?? words("retry_failed"));
    await moved(item.previousElementSibling?.closest(".message") ?? null); // the new reply takes the place of the old one
    stick.pin();
    composer.focus();
  } catch {
    toast(words("retry_failed"));
  } finally {
    button.disabled = false;
  }
});

// ---- another path than before

/** The path after this item is another one; null: all of it may be. What stands on the screen stays there. */
function moved(anchor = null) {
  return inTurn(async () => {
    const before = anchor?.isConnected ? anchor.getBoundingClientRect().top : null;
    const added = await sync(anchor?.isConnected ? anchor : null);
    added.forEach(follow);
    dropGone();
    if (before !== null && !stick.pinned) box.scrollTop += anchor.getBoundingClientRect().top - before;
    toLast();
    showLive();
    document.dispatchEvent(new CustomEvent("path-moved"));
  }).catch(() => toast(words("older_failed")));
}

/** Replies whose place is not on the page any more are not followed either. */
function dropGone() {
  for (const reply of [...replies.values()]) if (!reply.item.isConnected) { replies.delete(reply.id); subscribed.delete(reply.id); }
}

// ---- what the server has and the page has not

function catchUp() {
  return inTurn(async () => {
    const added = await fetchNewer();
    if (added.length) $("[data-empty]")?.remove();
    added.forEach(follow);
    dropGone();
    toLast();
  }).catch(() => { /* the next hint or the next line tries again */ });
}

// A hint may be about what this page is sending just now; its answer says more.
let hinted = false;
const onMoved = ({ leaf_id: leaf }) => { if (!leaf || !find(leaf) || find(leaf) !== newest()) moved(); };
const onChanged = ({ message_id: id }) => { if (find(id)) reload(id).catch(() => { /* the next hint tries again */ }); };

function onHint({ message_id: id, reply_ids: replyIds }) {
  if (find(id) && replyIds.every(find)) return;
  hinted = true;
  hintsLater();
}
function hintsLater() {
  if (!hinted || $(".message[data-sending]", log)) return;
  hinted = false;
  catchUp();
}

async function onState({ last_message_id: last, live }) {
  if (last && !find(last) && !edges.newer) await moved();
  for (const id of live) {
    // One that is not here stands on another path, or after what is shown.
    if (find(id) && !replies.get(id)?.isLive) await reload(id).catch(() => { /* as above */ });
  }
  liveReplies().forEach((reply) => subscribe(reply));
  showLive();
}

const HANDLERS = {
  "chat.state": onState,
  "message.accepted": onAccepted,
  "message.refused": onRefused,
  "message.created": onHint,
  "message.changed": onChanged,
  "chat.moved": onMoved,
  "chat.changed": () => refreshRows(),
  "suggestion.ready": ({ suggestion_id: id }) => suggestionReady(id),
  "reply.start": onReplyFrame,
  "reply.delta": onReplyFrame,
  "reply.restart": onReplyFrame,
  "reply.gap": onReplyFrame,
  "reply.done": onReplyFrame,
  "reply.refused": ({ reply_id: id }) => reload(id).catch(() => { /* as above */ }),
};

// ---- the line

async function probe() {
  const last = newest()?.dataset.message;
  try {
    const answer = await fetch(`${chatUrl}messages/${last ? `?after=${last}` : ""}`, { redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return "signed-out";
    return answer.status === 404 ? "gone" : null;
  } catch {
    return null;
  }
}

const scheme = location.protocol === "https:" ? "wss" : "ws";
const socket = new ChatSocket(`${scheme}://${location.host}/ws/chats/${chatId}/`, probe);
socket.addEventListener("frame", ({ detail }) => HANDLERS[detail.type]?.(detail));
// For company.js, which has no line of its own.
socket.addEventListener("frame", ({ detail }) => page.dispatchEvent(new CustomEvent("frame", { detail })));
page.addEventListener("typing", () => socket.send({ type: "typing" }));
socket.addEventListener("state", ({ detail: state }) => {
  lineState = state;
  if (socket.isOpen) {
    subscribed.clear();
    sawAll();
    for (const entry of outbox.all) {
      send(entry);
      if (ownItem(entry.key)) sayOwnState(ownItem(entry.key));
    }
  }
  sayState(state, { waiting: outbox.all.length, name });
});
$("[data-net-retry]").addEventListener("click", () => socket.reopen());

startTools({
  changed: moved,
  async asked(anchor) { await moved(anchor); stick.pin(); },
  async renewed(item) {
    const fresh = await reload(item.dataset.message).catch(() => toast(words("older_failed")));
    toLast();
    if (fresh) $("article", fresh).focus();
    document.dispatchEvent(new CustomEvent("path-moved"));
  },
  write: () => composer.focus(),
});
startDialogs({ moved, chatUrl, fill: (text) => composer.fill(text), draft: () => composer.text });

for (const item of log.querySelectorAll(".message[data-live]")) adopt(item);
outbox.all.forEach(showOwn);
showLive();
arrive();

/** At the end, or at the message that the address names, on its own path. */
async function arrive() {
  const elsewhere = $("[data-elsewhere]");
  if (elsewhere) {
    // Before the line is open: what is heard there is of the path that the chat is on then.
    const answer = await post(elsewhere.action).catch(() => null);
    if (answer?.ok) elsewhere.remove();
  }
  socket.open();
  const wanted = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
  if (!wanted) return stick.pin();
  // The browser goes to the address's fragment by itself when the page is loaded, and takes the focus from everything.
  if (document.readyState !== "complete") await new Promise((resolve) => { addEventListener("load", resolve, { once: true }); });
  await new Promise(requestAnimationFrame);
  stick.release();
  wanted.scrollIntoView({ block: "center" });
  wanted.classList.add("is-found");
  $("article", wanted).focus({ preventScroll: true });
}
document.fonts?.ready.then(() => { if (stick.pinned) stick.pin(); });
