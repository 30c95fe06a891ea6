// Chats change their place in the list: dragged, or with Alt and an arrow key.
import { $, $$, announce, words } from "../ui.js";
import { box, send } from "./rows.js";

const END = "1000000";
let dragged = null;

const nameOf = (item) => $(".chat-row-title", item).textContent;
const itemsOf = (group) => $$("[data-item]", group);

/** Put a row into a group, before another one or at its end, here at once and then on the server. */
function put(item, group, before = null) {
  const body = new FormData();
  const kind = group.dataset.group;
  body.append("pinned", String(kind === "pinned"));
  if (kind === "rest") body.append("folder", "none");
  if (kind === "folder") {
    body.append("folder", group.dataset.folder);
    // With a tag chosen, others stand between those that are shown.
    if (!box.dataset.tag && before) body.append("before", before.dataset.item);
    else if (!box.dataset.tag) body.append("position", END);
    const details = $("details", group);
    details.open = true;
    if (!$("ul", details)) {
      const list = document.createElement("ul");
      list.className = "chat-rows";
      list.setAttribute("role", "list");
      $("p", details)?.replaceWith(list);
    }
  }
  const list = $("ul", group);
  if (before) before.before(item);
  else if (kind === "folder") list.append(item);
  else list.prepend(item);
  announce(placed(item, group));
  send($("[data-menu-of]", item).href, body);
}

function placed(item, group) {
  const name = nameOf(item);
  if (group.dataset.group === "pinned") return words("row_pinned", { name });
  if (group.dataset.group === "rest") return words("row_loose", { name });
  const items = itemsOf(group);
  return words("row_at", { name, n: items.indexOf(item) + 1, of: items.length, folder: group.dataset.name });
}

/** One place up (-1) or down (1), out of a folder and into the next one. */
export function step(item, by) {
  const group = item.closest("[data-group]");
  const groups = $$("[data-group]:not([data-group=pinned])", box);
  const items = itemsOf(group);
  const at = items.indexOf(item) + by;
  const next = groups[groups.indexOf(group) + by];
  if (group.dataset.group === "folder" && at >= 0 && at < items.length) put(item, group, by < 0 ? items[at] : items[at + 1]);
  else if (groups.includes(group) && next && (group.dataset.group === "folder" || by < 0)) put(item, next, by < 0 ? null : itemsOf(next)[0]);
  else announce(words("row_stays"));
  $("[data-chat-row]", item).focus();
}

box?.addEventListener("keydown", (event) => {
  const item = event.target.closest("[data-item]");
  if (!item || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  step(item, event.key === "ArrowUp" ? -1 : 1);
});

// ---- dragging

function target(event) {
  const group = event.target.closest?.("[data-group]");
  if (!group) return null;
  const over = event.target.closest("[data-item]");
  if (!over || group.dataset.group !== "folder") return { group, before: null };
  const { top, height } = over.getBoundingClientRect();
  const items = itemsOf(group);
  return { group, before: event.clientY < top + height / 2 ? over : (items[items.indexOf(over) + 1] ?? null) };
}

function mark(place) {
  for (const marked of $$("[data-drop]", box)) delete marked.dataset.drop;
  if (!place) return;
  if (place.before && place.before !== dragged) place.before.dataset.drop = "before";
  else place.group.dataset.drop = "in";
}

box?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-item]");
  if (!dragged) return;
  dragged.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
});
box?.addEventListener("dragover", (event) => {
  const place = dragged && target(event);
  if (!place) return;
  event.preventDefault();
  mark(place);
});
box?.addEventListener("dragleave", (event) => { if (!box.contains(event.relatedTarget)) mark(null); });
box?.addEventListener("drop", (event) => {
  const place = dragged && target(event);
  if (!place) return;
  event.preventDefault();
  const item = dragged;
  end();
  if (place.before !== item) put(item, place.group, place.before);
});
box?.addEventListener("dragend", end);

function end() {
  if (dragged) delete dragged.dataset.dragged;
  dragged = null;
  mark(null);
}
