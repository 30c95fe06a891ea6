// The timeline of memories in place: older ones, pins, corrections, forgetting one or several. All of it are links and
// forms without this.
import { $, $$, announce, toast, words } from "../ui.js";
import { dayName, dayOf, inZone, localTimes } from "../times.js";
import { forgetLater, send } from "./forgetting.js";

const log = $("[data-log]");
const itemOf = (node) => node.closest("[data-item]");
const cardIn = (item) => $("[data-entry]", item);

for (const field of $$("[data-zone]")) field.value = inZone({}).resolvedOptions().timeZone ?? "";

/** Days as the reader counts them; the server counts in UTC. */
function days() {
  if (!log || log.classList.contains("is-ranked")) return;
  for (const line of $$(".memory-day", log)) line.remove();
  let last = "";
  for (const item of $$(":scope > [data-item]:not([hidden])", log)) {
    const moment = new Date($("time", item).dateTime);
    if (dayOf(moment) !== last) {
      const line = document.createElement("li");
      const title = document.createElement("h3");
      line.className = "memory-day";
      title.textContent = dayName(moment);
      line.append(title);
      item.before(line);
    }
    last = dayOf(moment);
  }
}

async function read(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function dressed(items) {
  for (const item of items) localTimes(item);
  return items;
}

async function older(link) {
  link.setAttribute("aria-disabled", "true");
  log.setAttribute("aria-busy", "true");
  try {
    const next = await read(link.href);
    const items = dressed($$("[data-log] > [data-item]", next));
    log.append(...items);
    days();
    $("[data-more-place]").replaceChildren(...$("[data-more-place]", next).childNodes);
    cardIn(items[0]).focus({ preventScroll: true });
    announce(words("memories_loaded", { n: items.length }));
  } catch {
    link.removeAttribute("aria-disabled");
    toast(words("more_failed"));
  } finally {
    log.removeAttribute("aria-busy");
  }
}

/** What the page says by now, from its beginning. */
async function takeAnew() {
  const fresh = await read(location.href).catch(() => null);
  const items = fresh && $("[data-log]", fresh);
  if (!items) return void location.reload();
  log.replaceChildren(...dressed($$(":scope > [data-item]", items)));
  $("[data-more-place]")?.replaceChildren(...($("[data-more-place]", fresh)?.childNodes ?? []));
  days();
  showPicked();
}

async function pin(form) {
  const button = $("button", form);
  const wanted = form.elements.pinned.value;
  button.disabled = true;
  const said = await send(form.action, [["pinned", wanted]]);
  button.disabled = false;
  button.focus({ preventScroll: true });
  if (!said) return;
  form.elements.pinned.value = said.is_pinned ? "false" : "true";
  button.setAttribute("aria-pressed", String(said.is_pinned));
  $("[data-pinned]", itemOf(form)).hidden = !said.is_pinned;
  announce(words(said.is_pinned ? "memory_pinned" : "memory_unpinned"));
}

function correct(link) {
  const item = itemOf(link);
  const text = $("[data-text]", item);
  if ($(".memory-correcting", item)) return void $(".memory-correcting textarea", item).focus();
  const form = $("template[data-correcting]").content.firstElementChild.cloneNode(true);
  const area = $("textarea", form);
  area.id = `correct-${cardIn(item).dataset.entry}`;
  $("label", form).htmlFor = area.id;
  area.value = text.textContent;
  text.hidden = true;
  text.after(form);
  area.focus();
  const end = () => { form.remove(); text.hidden = false; link.focus(); };
  $("[data-cancel]", form).addEventListener("click", end);
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); end(); } });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (area.value.trim() === text.textContent.trim()) return void end();
    const said = await send(link.href, [["text", area.value], ...(form.elements.never.checked ? [["never", "on"]] : [])]);
    if (said) await replaced(item, link, said.id);
  });
}

/** The old one as it is now, and the new one as the newest. */
async function replaced(item, link, id) {
  const one = new URL(link.href).pathname.replace(/correct\/$/, "");
  const other = one.replace(cardIn(item).dataset.entry, id);
  const [past, fresh] = await Promise.all([one, other].map((url) => read(url).then((page) => $("[data-log] > [data-item]", page)))).catch(() => []);
  if (!fresh) return void location.reload();
  dressed([past, fresh]);
  item.replaceWith(past);
  log.prepend(fresh);
  days();
  cardIn(fresh).focus();
  announce(words("memory_replaced"));
}

/** Out of sight at once; gone in seven seconds. */
function forget(items, text) {
  const byUrl = new Map();
  for (const item of items) {
    const { pathname } = new URL($("[data-forget]", item).href);
    byUrl.set(pathname, [...(byUrl.get(pathname) ?? []), ["memory", cardIn(item).dataset.entry]]);
    item.hidden = true;
  }
  for (const item of items) $("[data-pick]", item).checked = false;
  const next = $$("[data-item]:not([hidden])", log).find((other) => items[0].compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
  (next ? cardIn(next) : $("#main")).focus({ preventScroll: true });
  days();
  showPicked();
  forgetLater(
    text,
    [...byUrl].map(([url, fields]) => [url, [["scope", "memory"], ...fields]]),
    () => {
      for (const item of items) item.hidden = false;
      days();
      cardIn(items[0]).focus({ preventScroll: true });
    },
    (answers) => {
      for (const item of items) item.remove();
      const gone = answers.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0);
      if (answers.length) toast(answers.map(({ message }) => message).join(" "));
      // What was made of them went, too, and may stand here.
      if (gone > items.length || !$("[data-item]", log)) takeAnew();
    },
  );
}

// ---- several at once

const bulk = $("[data-bulk]");
const picked = () => $$("[data-pick]", log).filter((box) => box.checked && !itemOf(box).hidden);
let last = null;

function showPicked() {
  if (!bulk) return;
  const { length: n } = picked();
  bulk.hidden = !n;
  $("[data-bulk-number]").textContent = words("selected", { n });
}

log?.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (box) {
    const boxes = $$("[data-item]:not([hidden]) [data-pick]", log);
    if (event.shiftKey && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    return void showPicked();
  }
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const link = event.target.closest("[data-correct], [data-forget]");
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-correct]")) correct(link);
  else forget([itemOf(link)], words("memory_forgotten"));
});
log?.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-pin]")) return;
  event.preventDefault();
  pin(event.target);
});
log?.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("[data-forget]")) return;
  event.preventDefault();
  event.target.click();
});
bulk?.addEventListener("click", (event) => {
  if (event.target.closest("[data-bulk-forget]")) {
    const items = picked().map(itemOf);
    if (items.length) forget(items, items.length > 1 ? words("memories_forgotten", { n: items.length }) : words("memory_forgotten"));
  } else if (event.target.closest("[data-bulk-none]")) {
    for (const box of picked()) box.checked = false;
    showPicked();
    $("[data-pick]", log).focus();
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-more]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!link.getAttribute("aria-disabled")) older(link);
});
// A browser that comes back to the page keeps the ticks.
for (const box of $$("[data-pick]")) box.checked = false;
days();
