// The list of chats. The open chat's row follows its replies; the others are asked for while one of them is live.
import { $, $$ } from "./ui.js";
import { localTimes } from "./times.js";

const box = $("[data-chat-rows]");
const page = $("[data-chat]");
const EVERY = 10_000;

const current = () => page && box && $(`[data-chat-row="${page.dataset.chat}"]`, box);
const othersLive = () => box && $$("[data-live-dots]", box).some((dots) => dots.closest("[data-chat-row]") !== current());

/** Take the rows from a fresh page of the server (see tags.js for another than usual), unless they are in use. */
export async function refreshRows() {
  if (!box || box.contains(document.activeElement)) return;
  let answer;
  try {
    answer = await fetch(box.dataset.from ?? page?.dataset.listUrl ?? location.href, { redirect: "manual" });
  } catch {
    return; // offline: the rows stay as they are
  }
  if (!answer.ok) return;
  const fresh = $("[data-chat-rows]", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!fresh || box.contains(document.activeElement)) return;
  localTimes(fresh);
  if (page) $(`[data-chat-row="${page.dataset.chat}"]`, fresh)?.setAttribute("aria-current", "page");
  box.replaceChildren(...fresh.childNodes);
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

setInterval(() => { if (!document.hidden && othersLive()) refreshRows(); }, EVERY);
