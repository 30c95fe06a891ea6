// Messages on the page: made from the outlines in its <template>s, or taken from the server's fragments.
import { $, $$, copyText, icon, announce, words } from "../ui.js";
import { localTimes, markDays } from "../times.js";
import { render } from "./tail.js";

const log = $("[data-log]");
const page = $("[data-chat]");
const url = page.dataset.chatUrl;

export const find = (id) => document.getElementById(`m-${id}`);
/** The newest message that the server knows. */
export const newest = () => $$(":scope > .message:not([data-sending], [data-refused])", log).at(-1) ?? null;
export const oldest = () => $(":scope > .message:not([data-sending], [data-refused])", log);

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

// Others may wait for this one: a connection that has died without a sign must not hold them for ever.
const LONGEST_WAIT = 30_000;

/** A part of this chat's page, as the server renders it; anything but success, or a status that is expected, is an error. */
export async function fetchPart(path, expected = []) {
  const answer = await fetch(url + path, {
    headers: { Accept: "text/html", "X-Fragment": "1" },
    redirect: "manual",
    signal: AbortSignal.timeout(LONGEST_WAIT),
  });
  if (!answer.ok && !expected.includes(answer.status)) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** The messages of an answer, ready to be put into the page. */
export async function messagesIn(answer) {
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text(); // the server's own sanitised page
  const items = $$(".message", holder.content);
  items.forEach(dress);
  return items;
}

/** One message as the server has it now; null: it is not there any more. */
export async function fetchMessage(id) {
  const answer = await fetchPart(`messages/${id}/`, [404]);
  return answer.status === 404 ? null : (await messagesIn(answer))[0];
}

export function append(item, after = null) {
  if (after) after.after(item);
  else log.append(item);
  markDays(log);
}

async function flash(button, copied, text) {
  button.replaceChildren(icon(copied ? "check" : "copy"));
  announce(copied ? text : words("copy_failed"));
  setTimeout(() => button.replaceChildren(icon("copy")), 1500);
}

/** Its words as they can be read. */
export const bodyText = (item) => $("[data-body]", item).innerText.replace(/\n{3,}/g, "\n\n").trim();

log.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-code]");
  if (button) flash(button, await copyText($("pre", button.closest("figure")).textContent), words("code_copied"));
});

for (const item of $$(":scope > .message", log)) dressCode(item);
markDays(log);
