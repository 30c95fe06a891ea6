// The messages on the page: made from the outlines in the page's <template>s, or taken from the server's fragments.
import { $, $$, announce, copyText, icon, words } from "../ui.js";
import { localTimes, markDays } from "../times.js";
import { render } from "./tail.js";

const log = $("[data-log]");
const page = $("[data-chat]");
const url = page.dataset.chatUrl;
const PAGE = 40; // messages in a fragment

export const find = (id) => document.getElementById(`m-${id}`);
/** The newest message that the server knows. */
export const newest = () => $$(":scope > .message:not([data-sending], [data-refused])", log).at(-1) ?? null;
export const oldest = () => $(":scope > .message", log);

function outline(role) {
  return $(`template[data-outline="${role}"]`).content.firstElementChild.cloneNode(true);
}

function name(item, id) {
  item.id = `m-${id}`;
  item.dataset.message = id;
  $("article", item).setAttribute("aria-labelledby", `by-${id}`);
  $(".byline", item).id = `by-${id}`;
  const retry = $("[data-retry]", item);
  if (retry) retry.action = `${url}replies/${id}/retry/`;
}

function stamp(item, moment) {
  $("time", item).dateTime = moment.toISOString();
  localTimes(item);
}

/** What the reader has just sent, before the server has it. */
export function ownMessage({ key, text, at }) {
  const item = outline("user");
  name(item, key);
  item.dataset.sending = "";
  stamp(item, new Date(at));
  $("[data-body]", item).append(render(text));
  return item;
}

/** The place of a reply that has been queued. */
export function replyMessage(id) {
  const item = outline("character");
  name(item, id);
  stamp(item, new Date());
  return item;
}

/** The server has it: from now on it goes by the server's name. */
export function confirm(item, id) {
  delete item.dataset.sending;
  name(item, id);
  sendState(item, "check-check", words("delivered"), true);
}

export function sendState(item, symbol, text, quiet = false) {
  const label = document.createElement("span");
  label.textContent = text;
  if (quiet) label.className = "sr";
  $("[data-state]", item).replaceChildren(icon(symbol), label);
}

/** Give code blocks their caption and a button to copy them. */
export function dressCode(root) {
  for (const pre of $$("pre", root)) {
    const figure = pre.closest("figure.code") ?? document.createElement("figure");
    if ($("button", figure)) continue;
    const caption = $("figcaption", figure) ?? document.createElement("figcaption");
    const button = document.createElement("button");
    const language = /language-([\w+#-]+)/.exec($("code", pre)?.className ?? "")?.[1] ?? caption.dataset.language ?? "";
    caption.dataset.language = language;
    button.type = "button";
    button.dataset.copyCode = "";
    button.setAttribute("aria-label", `${words("copy")}${language ? ` (${language})` : ""}`);
    button.append(icon("copy"));
    caption.append(button);
    pre.tabIndex = 0;
    if (!figure.isConnected && !figure.parentNode) {
      figure.className = "code";
      pre.replaceWith(figure);
      figure.append(caption, pre);
    }
  }
}

function dress(item) {
  localTimes(item);
  dressCode(item);
}

/** A part of this chat's page, as the server renders it; anything but success, or a status that is expected, is an error. */
async function serverPart(path, expected = []) {
  const answer = await fetch(url + path, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!answer.ok && !expected.includes(answer.status)) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** The messages of a fragment which the page does not have yet, put where they belong: [what was added, is there more]. */
async function fragment(query) {
  const answer = await serverPart(`messages/${query}`);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text(); // the server's own sanitised page
  const items = $$(".message", holder.content);
  items.forEach(dress);
  return [items, answer.headers.get("X-Older") === "true"];
}

/** One message as the server has it now; null: it is not there any more. */
export async function fetchMessage(id) {
  const answer = await serverPart(`messages/${id}/`, [404]);
  if (answer.status === 404) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const item = $(".message", holder.content);
  dress(item);
  return item;
}

/** A page of older messages, ready to be put before the oldest. */
export const fetchOlder = () => fragment(`?before=${oldest().dataset.message}`);

/**
 * Everything newer than the page has; each of them is put in its place, and given back. When the page's newest message
 * is not part of the chat's path any more (its reply was tried again elsewhere), the server tells the end of the path
 * instead, and what the page has beside it goes.
 */
export async function fetchNewer() {
  const last = newest();
  const [items] = await fragment(last ? `?after=${last.dataset.message}` : "");
  const ids = new Set(items.map((item) => item.dataset.message));
  const shared = items.map((item) => find(item.dataset.message)).find(Boolean);
  if (last && !shared && items.length >= PAGE) location.reload(); // too much was missed; drafts and the outbox are kept
  if (shared) {
    for (const item of $$(":scope > .message:not([data-sending], [data-refused])", log)) {
      const later = shared.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (later && !ids.has(item.dataset.message)) item.remove();
    }
  }
  const added = items.filter((item) => !find(item.dataset.message));
  for (const item of added) {
    const anchor = newest();
    if (anchor) anchor.after(item);
    else log.prepend(item);
  }
  markDays(log);
  return added;
}

export function append(item, after = null) {
  if (after) after.after(item);
  else log.append(item);
  markDays(log);
}

export function prepend(items) {
  oldest().before(...items);
  markDays(log);
}

async function flash(button, copied, text) {
  button.replaceChildren(icon(copied ? "check" : "copy"));
  announce(copied ? text : words("copy_failed"));
  setTimeout(() => button.replaceChildren(icon("copy")), 1500);
}

async function showDetails(id) {
  const panel = $("#reply-details");
  const body = $("[data-details-body]", panel);
  body.replaceChildren();
  panel.showPopover();
  $("h2", panel).focus();
  try {
    const answer = await serverPart(`replies/${id}/details/`);
    body.innerHTML = await answer.text(); // the server's own page
  } catch {
    body.textContent = words("details_failed");
  }
}

const bodyText = (item) => $("[data-body]", item).innerText.replace(/\n{3,}/g, "\n\n").trim();
export { bodyText };

log.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-copy-message]")) {
    flash(button, await copyText(bodyText(button.closest(".message"))), words("message_copied"));
  } else if (button?.matches("[data-details]")) {
    showDetails(button.closest(".message").dataset.message);
  } else if (button?.matches("[data-copy-code]")) {
    flash(button, await copyText($("pre", button.closest("figure")).textContent), words("code_copied"));
  } else if (!button && matchMedia("(hover: none)").matches) {
    event.target.closest(".message")?.classList.toggle("show-actions");
  }
});

for (const item of $$(":scope > .message", log)) dressCode(item);
markDays(log);
