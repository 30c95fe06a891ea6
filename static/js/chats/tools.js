// What can be done with a message: one toolbar for all of them, which goes to the one that is pointed at, has the focus,
// or is the last. So a long chat has no more buttons than a short one, and the keyboard needs one stop for all messages.
import { $, $$, announce, copyText, icon, post, toast, undoable, uuid, words } from "../ui.js";
import { localTimes } from "../times.js";
import { bodyText, fetchPart, find, newest } from "./messages.js";

const log = $("[data-log]");
const tools = $("[data-tools]");
const menu = $("[data-message-menu]");
const page = $("[data-chat]");
const url = page.dataset.chatUrl;

let here = null; // the message that has the toolbar
let chosen = null; // the message that the menu was opened for
let doing;

/** `changed(anchor)`: the path after this item is another one now. `asked(anchor)`: as that, and a reply is on its way. */
export function startTools(handlers) {
  doing = handlers;
  toLast();
}

const about = (item, path) => `${url}messages/${item.dataset.message}/${path}`;
const reply = (item, path) => `${url}replies/${item.dataset.message}/${path}`;
const before = (item) => {
  let previous = item.previousElementSibling;
  while (previous && !previous.matches(".message")) previous = previous.previousElementSibling;
  return previous;
};

// ---- where the toolbar is

export function toLast() {
  const last = newest();
  // Not out of somebody's hand.
  if (last && !tools.matches(":hover, :focus-within") && !here?.matches(":focus-within")) goTo(last);
}

function goTo(item) {
  if (!item || item.hasAttribute("data-sending") || item.hasAttribute("data-editing")) return;
  if (item !== here || !item.contains(tools)) {
    here = item;
    $("[data-actions]", item)?.append(tools);
  }
  const isReply = item.dataset.role === "character";
  const live = item.hasAttribute("data-live");
  const can = {
    copy: true,
    retry: isReply && !live && !item.hasAttribute("data-first"),
    edit: !live && !item.hasAttribute("data-another"),
    branch: !live,
    bookmark: !live,
    more: !live,
  };
  tools.hidden = live;
  for (const button of $$("[data-do]", tools)) button.hidden = !can[button.dataset.do];
  $('[data-do="bookmark"]', tools).setAttribute("aria-pressed", String(Boolean($("[data-bookmarked]", item))));
}

log.addEventListener("pointerover", (event) => {
  // Whoever is in it with the keyboard keeps it; where a mouse left the focus is no matter.
  if (event.pointerType !== "touch" && !$(":focus-visible", tools)) goTo(event.target.closest(".message"));
});
log.addEventListener("focusin", (event) => goTo(event.target.closest(".message")));
log.addEventListener("click", (event) => {
  if (matchMedia("(hover: none)").matches && !event.target.closest("button, a, summary")) goTo(event.target.closest(".message"));
});

// ---- the keyboard: one stop, and arrows from message to message

function rove(item) {
  for (const article of $$('article[tabindex="0"]', log)) article.tabIndex = -1;
  if (item) $("article", item).tabIndex = 0;
}
const stop = () => rove(newest());
new MutationObserver(() => {
  if (!log.contains(document.activeElement)) stop();
  if (here && !here.isConnected) { here = null; toLast(); }
}).observe(log, { childList: true });
stop();

log.addEventListener("keydown", (event) => {
  const article = event.target.closest("article");
  if (event.target !== article) {
    if (event.key === "Escape" && article && !event.target.matches("textarea")) { article.focus(); event.preventDefault(); }
    return;
  }
  const item = article.closest(".message");
  const next = { ArrowUp: before(item), ArrowDown: after(item) }[event.key];
  if (!next) return;
  event.preventDefault();
  rove(next);
  $("article", next).focus();
  next.scrollIntoView({ block: "nearest" });
});
function after(item) {
  let next = item.nextElementSibling;
  while (next && !next.matches(".message")) next = next.nextElementSibling;
  return next;
}

// ---- what it does

async function answered(answer) {
  if (answer.ok || answer.status === 204) return true;
  const body = await answer.json().catch(() => ({}));
  toast(body.error?.message ?? words("retry_failed"));
  return false;
}

async function send(address, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const answer = await post(address, body);
    return (await answered(answer)) ? answer : null;
  } catch {
    toast(words("retry_failed"));
    return null;
  }
}

const ACTS = {
  async copy(item) {
    const copied = await copyText(bodyText(item));
    announce(copied ? words("message_copied") : words("copy_failed"));
    const button = $('[data-do="copy"]', tools);
    button.replaceChildren(icon(copied ? "check" : "copy"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1500);
  },
  async retry(item) {
    if (await send(reply(item, "retry/"), { key: uuid() })) await doing.asked(before(item));
  },
  async "go-on"(item) {
    if (await send(reply(item, "continue/"), { key: uuid() })) await doing.asked(before(item));
  },
  edit,
  async branch(item) {
    if (!(await send(about(item, "branch/")))) return;
    await doing.changed(item);
    announce(words("branch_begins"));
    doing.write();
  },
  async bookmark(item) {
    const marked = Boolean($("[data-bookmarked]", item));
    if (!(await send(about(item, marked ? "bookmark/remove/" : "bookmark/")))) return;
    announce(words(marked ? "bookmark_gone" : "bookmark_set"));
    await doing.renewed(item);
  },
  async hide(item) {
    const hidden = item.hasAttribute("data-hidden");
    if (await send(about(item, "hide/"), { hidden: hidden ? "" : "on" })) await doing.renewed(item);
  },
  async "copy-chat"(item) {
    const answer = await send(about(item, "copy/"));
    if (answer) location.assign((await answer.json()).url);
  },
  details: showDetails,
  delete: remove,
  more() { /* the button opens the menu itself */ },
};

function perform(event) {
  const button = event.target.closest("[data-do]");
  const item = menu.contains(button) ? chosen : here;
  if (!button || !item) return;
  if (menu.contains(button)) menu.hidePopover();
  ACTS[button.dataset.do]?.(item);
}
tools.addEventListener("click", perform);
menu.addEventListener("click", perform);

async function remove(item) {
  const anchor = before(item);
  const answer = await send(about(item, "delete/"));
  if (!answer) return;
  const { trash_id: trash, messages } = await answer.json();
  await doing.changed(anchor);
  doing.write();
  undoable(words(messages === 1 ? "message_deleted" : "messages_deleted", { n: messages }), async () => {
    if (await send(`${url}trash/${trash}/restore/`)) await doing.changed(anchor?.isConnected ? anchor : null);
  });
}

// ---- another wording

async function edit(item) {
  let text;
  try {
    const answer = await fetch(about(item, "edit/"), { headers: { Accept: "application/json" } });
    if (!(await answered(answer))) return;
    ({ text } = await answer.json());
  } catch {
    return void toast(words("retry_failed"));
  }
  if (!item.isConnected) return;
  if (item.hasAttribute("data-editing")) return void $(".edit textarea", item).focus(); // asked for twice
  const form = $("template[data-edit]").content.firstElementChild.cloneNode(true);
  const area = $("textarea", form);
  const bubble = $(".bubble", item);
  area.id = $("label", form).htmlFor = `edit-${item.dataset.message}`;
  area.value = text;
  item.dataset.editing = "";
  tools.remove();
  here = null;
  bubble.after(form);
  area.focus();
  area.setSelectionRange(text.length, text.length);
  const key = uuid();
  const end = () => {
    form.remove();
    delete item.dataset.editing;
    goTo(item);
    $("article", item).focus();
  };
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); end(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  $("[data-edit-cancel]", form).addEventListener("click", end);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (area.value.trim() === text.trim()) return end();
    const anchor = before(item);
    if (!(await send(about(item, "edit/"), { text: area.value, key }))) return;
    end();
    await (item.dataset.role === "user" ? doing.asked(anchor) : doing.changed(anchor));
  });
}

/** The last message of one's own, for ArrowUp in an empty composer. */
export function editLastOwn() {
  const own = $$(":scope > .message[data-role=user]:not([data-another], [data-sending])", log).at(-1);
  if (own) edit(own);
  return Boolean(own);
}

// ---- versions

log.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-versions]");
  if (!form) return;
  event.preventDefault();
  const item = form.closest(".message");
  const anchor = before(item);
  const forward = event.submitter === $$("button", form)[1];
  if (!(await send(about(item, "").replace(item.dataset.message, event.submitter.value) + "select/"))) return;
  await doing.changed(anchor);
  const shown = find(event.submitter.value);
  const buttons = $$("[data-versions] button", shown ?? log);
  // The same button again, or the other one at an end: whoever flips through goes on with the same key.
  (buttons[forward ? 1 : 0]?.disabled ? buttons[forward ? 0 : 1] : buttons[forward ? 1 : 0])?.focus();
});

// ---- the menu

// Those that whoever only reads along has not are hidden by company.css.
const items = () => $$("button", menu).filter((button) => button.checkVisibility());

function place() {
  const { left, top, bottom } = $("[data-message-menu-open]", tools).getBoundingClientRect();
  const height = menu.offsetHeight;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${bottom + height + 8 < innerHeight ? bottom + 4 : Math.max(8, top - height - 4)}px`;
}
menu.addEventListener("toggle", (event) => {
  $("[data-message-menu-open]")?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  chosen = here;
  const isReply = chosen.dataset.role === "character";
  $('[data-do="go-on"]', menu).hidden = !isReply || chosen.hasAttribute("data-first");
  $('[data-do="details"]', menu).hidden = !isReply;
  $("[data-hide-label]", menu).textContent = words(chosen.hasAttribute("data-hidden") ? "show_to_characters" : "hide_from_characters");
  place();
  items()[0].focus();
});
menu.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  items().at((items().indexOf(document.activeElement) + step) % items().length).focus();
});

let detailsAsked = 0;
async function showDetails(item) {
  const turn = ++detailsAsked;
  const panel = $("#reply-details");
  const body = $("[data-details-body]", panel);
  body.replaceChildren();
  panel.showPopover();
  $("h2", panel).focus();
  try {
    const answer = await fetchPart(`replies/${item.dataset.message}/details/`);
    const html = await answer.text();
    if (turn !== detailsAsked) return; // those of another message by now
    body.innerHTML = html; // the server's own page
    localTimes(body);
  } catch {
    if (turn === detailsAsked) body.textContent = words("details_failed");
  }
}
