// What opens beside the conversation: its paths, what would be sent, how it is told, and words in one's own place.
import { $, $$, announce, post, toast, words } from "../ui.js";
import { localTimes } from "../times.js";
import { fetchPart } from "./messages.js";

const page = $("[data-chat]");
const url = page.dataset.chatUrl;
const POLL = 1500;

let doing;

/** `moved(anchor)` shows another path; `fill(text)` and `draft()` are the composer's. */
export function startDialogs(handlers) { doing = handlers; }

async function sent(form) {
  try {
    const answer = await post(form.action, new FormData(form));
    if (answer.ok || answer.status === 204) return true;
    toast((await answer.json()).error?.message ?? words("not_saved"));
  } catch {
    toast(words("not_saved"));
  }
  return false;
}

// ---- paths

const paths = $("[data-paths]");
const pathsOpen = $("[data-paths-open]");
const pathsBody = $("[data-paths-body]");

function place() {
  const { bottom, right } = pathsOpen.getBoundingClientRect();
  paths.style.top = `${bottom + 6}px`;
  paths.style.left = `${Math.max(8, Math.min(right - paths.offsetWidth, innerWidth - paths.offsetWidth - 8))}px`;
}

let filling = null;

/** Whoever asks while it is filled waits for that. */
function fillPaths() {
  filling ??= fill().finally(() => { filling = null; });
  return filling;
}

/** As it is after what was just done. */
async function fillAnew() {
  await filling?.catch(() => { /* whoever asked then was told */ });
  return fillPaths();
}

async function fill() {
  const answer = await fetchPart("paths/");
  const held = pathsBody.contains(document.activeElement);
  pathsBody.innerHTML = await answer.text(); // the server's own page
  if (held) $("button, input:not([type=hidden])", pathsBody)?.focus();
  localTimes(pathsBody);
  const offset = $("[data-jump-date]", pathsBody);
  const minutes = document.createElement("input");
  Object.assign(minutes, { type: "hidden", name: "offset", value: new Date().getTimezoneOffset() });
  offset.append(minutes);
  const count = $$("[data-path]", pathsBody).length;
  const label = $("[data-paths-count]");
  label.hidden = count < 2;
  label.textContent = words(count === 1 ? "paths_one" : "paths_other", { n: count });
}

paths.addEventListener("toggle", async (event) => {
  pathsOpen.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  place();
  try {
    await fillPaths();
  } catch {
    pathsBody.textContent = words("details_failed");
  }
  place();
  $("button, input:not([type=hidden])", pathsBody)?.focus();
});
addEventListener("resize", () => { if (paths.matches(":popover-open")) place(); });
document.addEventListener("path-moved", () => {
  // Not under somebody's hand.
  if (!paths.matches(":popover-open")) fillAnew().catch(() => { /* it is asked for again when it is opened */ });
});

pathsBody.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-path-select]")) {
    event.preventDefault();
    if (!(await sent(form))) return;
    paths.hidePopover();
    await doing.moved();
    announce(words("path_shown"));
  } else if (form.matches("[data-path-act]")) {
    event.preventDefault();
    const id = form.closest("[data-path]").dataset.path;
    if (!(await sent(form))) return;
    await fillAnew();
    $(`[data-path="${id}"] button`, pathsBody)?.focus();
  } else if (form.matches("[data-jump-date]")) {
    event.preventDefault();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer) return void toast(words("retry_failed"));
    const { message_id: id } = answer.ok ? await answer.json() : {};
    if (!id) return void toast(words("nothing_that_day"));
    location.assign(`${url}?around=${id}#m-${id}`);
  }
});

// To count them the server looks at the whole chat: not before somebody has seen that there are any.
if ($(".versions")) fillPaths().catch(() => { /* it is asked for again when it is opened */ });

// ---- what would be sent

const prompt = $("[data-prompt]");
let promptsAsked = 0;
$("[data-prompt-open]")?.addEventListener("click", async () => {
  const body = $("[data-prompt-body]");
  body.replaceChildren();
  prompt.showPopover();
  $("h2", prompt).focus();
  const text = new FormData();
  text.set("text", doing.draft());
  const turn = ++promptsAsked;
  try {
    const answer = await post(`${url}prompt/`, text);
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (turn === promptsAsked) body.innerHTML = html; // the server's own page
  } catch {
    if (turn === promptsAsked) body.textContent = words("details_failed");
  }
});

// ---- how this chat is told

const overrides = $("[data-overrides]");
overrides?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!(await sent(event.target))) return;
  overrides.hidePopover();
  announce(words("saved"));
});

// ---- words in one's own place

const impersonate = $("[data-impersonate]");
const waiting = new Map();

/** A suggestion has ended: whoever waits for it need not ask. */
export const suggestionReady = (id) => waiting.get(id)?.();

impersonate?.addEventListener("click", async () => {
  if (impersonate.getAttribute("aria-busy")) return;
  impersonate.setAttribute("aria-busy", "true");
  announce(words("impersonating"));
  try {
    const body = new FormData();
    body.set("kind", "words");
    const answer = await post(`${url}suggestions/`, body);
    const made = await answer.json();
    if (answer.status !== 202) return void toast(made.error?.message ?? words("retry_failed"));
    const found = await ended(made.id);
    if (found.status !== "done") return void toast(found.message || words("retry_failed"));
    const begun = doing.draft().trim();
    doing.fill(begun ? `${begun} ${found.text}` : found.text);
  } catch {
    toast(words("retry_failed"));
  } finally {
    impersonate.removeAttribute("aria-busy");
  }
});

async function ended(id) {
  for (;;) {
    await new Promise((resolve) => {
      waiting.set(id, resolve);
      setTimeout(resolve, POLL);
    });
    waiting.delete(id);
    const answer = await fetch(`${url}suggestions/${id}/`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (found.status !== "queued" && found.status !== "running") return found;
  }
}
