// Bold, italic, headings, lists and quotes for whichever text was written in last.
import { $, $$ } from "../ui.js";

const AROUND = { bold: "**", italic: "*" };
const BEFORE = { heading: "### ", list: "- ", quote: "> " };
const KEYS = { b: "bold", i: "italic" };

/** As if it had been typed, so that the browser's own Undo knows of it. */
function insert(area, text, start, end) {
  area.focus();
  area.setSelectionRange(start, end);
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, start, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrap(area, mark) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const size = mark.length;
  if (start >= size && value.slice(start - size, start) === mark && value.slice(end, end + size) === mark) {
    insert(area, value.slice(start, end), start - size, end + size);
    area.setSelectionRange(start - size, end - size);
  } else {
    insert(area, mark + value.slice(start, end) + mark, start, end);
    area.setSelectionRange(start + size, end + size);
  }
}

function lead(area, mark) {
  const { selectionStart, selectionEnd, value } = area;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const all = lines.every((line) => line.startsWith(mark));
  const changed = lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join("\n");
  insert(area, changed, start, end);
  area.setSelectionRange(start, start + changed.length);
}

/** In the markdown view a heading opens a section of the sheet; elsewhere it is a smaller one inside. */
function format(area, kind) {
  if (AROUND[kind]) wrap(area, AROUND[kind]);
  else lead(area, kind === "heading" && area.hasAttribute("data-sheet") ? "## " : BEFORE[kind]);
}

export function startToolbar(root, fallback) {
  let last = null;
  const bar = $(".ed-format", root);
  const buttons = $$("[data-format]", bar);
  root.addEventListener("focusin", (event) => { if (event.target.matches?.("[data-markdown]")) last = event.target; });
  root.addEventListener("keydown", (event) => {
    const kind = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!kind || !event.target.matches("[data-markdown]")) return;
    event.preventDefault();
    format(event.target, kind);
  });
  // A press must not take the selection out of the text.
  bar.addEventListener("pointerdown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-format]")?.dataset.format;
    const area = last?.isConnected && last.checkVisibility() ? last : fallback();
    if (kind && area) format(area, kind);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = buttons.indexOf(document.activeElement);
    const next = buttons[(now + step + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
}
