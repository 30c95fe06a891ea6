// The rows of the list of chats: taken anew from the server, and what is sent about them.
import { $, $$, post, store, toast, undoable, words } from "../ui.js";
import { localTimes } from "../times.js";

export const box = $("[data-chat-rows]");
export const page = $("[data-chat]");
const PENDING_MS = 10_000;
const PENDING = "undo"; // what can be undone on the page that comes next

const current = () => page && box && $(`[data-chat-row="${page.dataset.chat}"]`, box);
export const othersLive = () => box && $$("[data-live-dots]", box).some((dots) => dots.closest("[data-chat-row]") !== current());
const folders = (root) => $$("[data-folder]", root);
// Which folders are open, as far as the server knows.
export const known = new Map();

export function learn(root) {
  for (const folder of folders(root)) known.set(folder.dataset.folder, $("details", folder).open);
}

/** Where the keyboard is, in words that hold in a fresh list, too. */
function focused() {
  const at = document.activeElement;
  if (!box.contains(at)) return "";
  if (at.dataset.chatRow) return `[data-chat-row="${at.dataset.chatRow}"]`;
  if (at.dataset.menuOf) return `[data-menu-of="${at.dataset.menuOf}"]`;
  const folder = at.closest("[data-folder]");
  return folder && at.matches("summary") ? `[data-folder="${folder.dataset.folder}"] summary` : "";
}

let asked = 0;
let posted = Promise.resolve();

/** POST what was done with the list after what was done before it, even if the page is left in that instant. */
export function postInTurn(url, body) {
  const answer = posted.then(() => post(url, body, { keepalive: true }));
  posted = answer.catch(() => { /* whoever did it is told */ });
  return answer;
}

/** Take the rows from the server, unless one is being dragged; the keyboard stays where it is. */
export async function refreshRows() {
  if (!box) return;
  const turn = ++asked;
  await posted; // or what is on its way there would be undone here
  if (turn !== asked) return;
  const tag = box.dataset.tag ? `?tag=${box.dataset.tag}` : "";
  let answer;
  try {
    answer = await fetch(box.dataset.rowsUrl + tag, { redirect: "manual" });
  } catch {
    return; // offline: the rows stay as they are
  }
  if (!answer.ok) return;
  const fresh = $("[data-chat-rows]", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!fresh || turn !== asked || $("[data-dragged]", box)) return;
  localTimes(fresh);
  if (page) {
    const row = $(`[data-chat-row="${page.dataset.chat}"]`, fresh);
    row?.setAttribute("aria-current", "page");
    if (!document.hidden) row?.classList.remove("is-unread");
  }
  // A folder that was just opened may not have reached the server.
  for (const folder of folders(fresh)) {
    const here = $(`[data-folder="${folder.dataset.folder}"] details`, box);
    if (here) $("details", folder).open = here.open;
  }
  const back = focused();
  learn(fresh);
  box.replaceChildren(...fresh.childNodes);
  box.dataset.unread = fresh.dataset.unread;
  if (back) $(back, box)?.focus({ preventScroll: true });
  showUnread();
}

/** What the open chat's row says, until the server says it. */
export function showSnippet(text, live) {
  const snippet = $(".chat-row-snippet", current() ?? document.createElement("div"));
  if (!snippet) return;
  snippet.textContent = text;
  if (!live) return;
  const dots = document.createElement("span");
  dots.className = "live-dots";
  dots.dataset.liveDots = "";
  dots.append(...[1, 2, 3].map(() => document.createElement("i")));
  snippet.prepend(dots, " ");
}

/** In how many chats there is something new, before the name of the page. */
export function showUnread() {
  const title = document.title.replace(/^\(\d+\) /, "");
  const n = Number(box.dataset.unread);
  document.title = n ? words("unread", { n, title }) : title;
}

/** Undo on the page that comes next, because this one is about to go. */
export function undoLater(text, url) {
  store.set(PENDING, JSON.stringify({ text, url, at: Date.now() }));
}

export function undoNow() {
  const pending = JSON.parse(store.get(PENDING) ?? "null");
  store.set(PENDING, null);
  if (!pending || Date.now() - pending.at > PENDING_MS) return;
  undoable(pending.text, () => send(pending.url));
}

/** POST one of the list's forms; then the rows are as the server has them. Answers its answer, null if refused. */
export async function send(url, body) {
  asked += 1; // rows that are on their way here are older than this
  try {
    const answer = await postInTurn(url, body);
    if (answer.ok) {
      refreshRows();
      return answer.status === 204 ? {} : await answer.json();
    }
    toast((await answer.json()).error.message);
  } catch {
    toast(words("not_saved"));
  }
  refreshRows();
  return null;
}
