// The editor of characters. Without this script the page is one form, with both its views as links.
import { $, $$, announce, icon, post, toast, words } from "../ui.js";
import { Crop } from "./crop.js";
import { Keeping } from "./keeping.js";
import { WritingList } from "./lists.js";
import { Preview, show, watchGreeting } from "./preview.js";
import { composed, divided, kept } from "./sheet.js";
import { startToolbar } from "./toolbar.js";

const main = $("[data-editor]");
const form = $("[data-form]", main);
const sheet = $("[data-sheet]", main);
const preamble = $("[data-preamble]", main);
const sections = $("[data-sections]", main);
const viewField = $("[data-view-field]", form);
const name = () => form.elements.nickname.value.trim() || form.elements.name.value.trim();
const valueOf = (item, mark) => $(mark, item).value;

// --- the sheet, in two views of one truth ---------------------------------------------------------------------------

const written = () => $$("[data-section]", sections).map((item) => ({ title: valueOf(item, "[data-section-title]"), body: valueOf(item, "[data-section-body]") }));
const sheetText = () => (viewField.value === "form" ? kept(sheet.value, preamble.value, written()) : sheet.value);

function fillForm(text) {
  const found = divided(text);
  preamble.value = found.preamble;
  sections.replaceChildren(...found.sections.map(({ title, body }, index) => {
    const item = $("[data-section-template]", main).content.firstElementChild.cloneNode(true);
    item.id = `section-${index + 1}`;
    $("[data-section-title]", item).value = title;
    $("[data-section-body]", item).value = body;
    return item;
  }));
}

function showView(view) {
  if (view === viewField.value) return;
  if (view === "form") fillForm(sheet.value);
  else sheet.value = sheetText();
  viewField.value = view;
  for (const part of $$("fieldset[data-view]", main)) part.hidden = part.disabled = part.dataset.view !== view;
  for (const link of $$("[data-view-link]", main)) link.toggleAttribute("aria-current", link.dataset.viewLink === view);
  for (const link of $$("[data-view-link][aria-current]", main)) link.setAttribute("aria-current", "true");
  fitAll();
  markSections(counted);
}

/** The whole sheet anew, in the view that is shown. */
function setSheet(text) {
  sheet.value = text;
  if (viewField.value === "form") fillForm(text);
}

// Where a browser cannot size a text by what it holds.
const fit = (area) => {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
};
const fitAll = () => { for (const area of $$("textarea", form)) if (area.checkVisibility()) fit(area); };

// --- the preview, and what it costs ---------------------------------------------------------------------------------

let counted = [];

function markSections(found) {
  counted = found;
  const list = $("[data-section-list]", main);
  const rows = found.map((section, index) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    const title = Object.assign(document.createElement("span"), { className: "truncate", textContent: section.title });
    const tokens = Object.assign(document.createElement("span"), { className: "ed-tokens", textContent: section.tokens });
    link.href = `#section-${index + 1}`;
    link.append(title, tokens);
    row.append(link);
    return row;
  });
  const focused = $$("a", list).indexOf(document.activeElement);
  list.replaceChildren(...rows);
  $$("a", list)[focused]?.focus();
  $("[data-no-sections]", main).hidden = rows.length > 0;
  const cards = $$("[data-section]", sections).filter((item) => valueOf(item, "[data-section-title]").trim());
  // A text with a heading inside is more sections than the form has cards; then only the list tells.
  for (const [index, card] of cards.entries()) $("[data-section-tokens]", card).textContent = cards.length === found.length ? found[index].tokens : "";
}

const scroller = $("[data-preview-scroll]", main);
const share = Number($(".ed-foot", main).dataset.share);
const preview = new Preview(main.dataset.previewUrl, sheetText, name, (answer) => {
  show($("[data-sheet-html]", main), answer.html, scroller);
  markSections(answer.sections);
  $("[data-tokens]", main).textContent = answer.tokens;
  $("[data-filled]", main).style.setProperty("--part", Math.min(100, Math.round((answer.tokens / share) * 100)));
  $("[data-over]", main).hidden = answer.tokens <= share;
});

/** To where a section is written: its card, or its line. */
function goTo(index) {
  const part = $(".ed", main);
  if (part.dataset.part === "look") showPart("write");
  if (viewField.value === "form") {
    const cards = $$("[data-section]", sections).filter((item) => valueOf(item, "[data-section-title]").trim());
    const card = cards[index] ?? cards.at(-1);
    card?.scrollIntoView({ block: "start" });
    $("[data-section-body]", card)?.focus({ preventScroll: true });
    return;
  }
  const heading = [...sheet.value.matchAll(/^##[ \t]+\S.*$/gm)][index];
  if (!heading) return;
  sheet.focus({ preventScroll: true });
  sheet.setSelectionRange(heading.index, heading.index + heading[0].length);
  const box = $("[data-write-scroll]", main);
  const before = sheet.value.slice(0, heading.index).split("\n").length;
  const line = parseFloat(getComputedStyle(sheet).lineHeight);
  box.scrollTop = sheet.offsetTop + (before - 1) * line - 40;
}

// --- tabs, and the parts of the profile on a narrow page -------------------------------------------------------------

function showTab(tab, { focus = false } = {}) {
  main.dataset.tab = tab;
  $("[data-tab-field]", form).value = tab;
  for (const panel of $$("[data-panel]", main)) panel.hidden = panel.dataset.panel !== tab;
  for (const link of $$("[data-tab-link]", main)) {
    if (link.dataset.tabLink === tab) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  history.replaceState(null, "", `?tab=${tab}`);
  fitAll();
  if (tab === "greetings") for (const one of greetings) one.now();
  if (focus) $(`[data-panel="${tab}"] :is(input, textarea, select):not([type=hidden])`, main)?.focus();
}

function showPart(part) {
  $(".ed", main).dataset.part = part;
  for (const button of $$("[data-part-button]", main)) button.setAttribute("aria-pressed", String(button.dataset.partButton === part));
  fitAll();
}

// --- greetings -------------------------------------------------------------------------------------------------------

const greetings = $$("[data-greeting]", form).map((item) => watchGreeting(item, main.dataset.previewUrl, name));

// --- tags ------------------------------------------------------------------------------------------------------------

function showChips() {
  const field = form.elements.tags;
  const chips = $("[data-chips]", main);
  const tags = [...new Set(field.value.split(",").map((tag) => tag.trim()).filter(Boolean))];
  chips.hidden = !tags.length;
  chips.replaceChildren(...tags.map((tag) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    item.className = "tag-chip";
    button.type = "button";
    button.setAttribute("aria-label", words("remove_tag", { name: tag }));
    button.append(icon("x"));
    button.addEventListener("click", () => {
      field.value = tags.filter((other) => other !== tag).join(", ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    item.append(tag, button);
    return item;
  }));
}

// --- keeping and saving ----------------------------------------------------------------------------------------------

function complainBeside(fields) {
  for (const old of $$("[data-told-here], ul.errorlist", form)) old.remove();
  for (const field of $$("[aria-invalid]", form)) field.removeAttribute("aria-invalid");
  let first = null;
  for (const [key, sentence] of Object.entries(fields)) {
    const found = form.elements[key];
    const field = found instanceof RadioNodeList ? found[0] : found;
    if (!field) continue;
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.dataset.toldHere = "";
    list.append(Object.assign(document.createElement("li"), { textContent: sentence }));
    field.after(list);
    field.setAttribute("aria-invalid", "true");
    first ??= field;
  }
  const panel = first?.closest("[data-panel]");
  if (!panel) return;
  showTab(panel.dataset.panel);
  first.focus();
}

const keeping = new Keeping(main, {
  sheet: sheetText,
  onSaved() {
    for (const note of $$(".ed-gone", form)) note.remove();
    if (viewField.value === "form") sheet.value = sheetText();
  },
  onRefused: complainBeside,
  onBack(fields) {
    const lists = ["greeting", "group_greeting"];
    for (const list of lists) {
      $(`[data-greetings="${list}"]`, main).replaceChildren();
      for (const [, text] of fields.filter(([key]) => key === list)) addGreeting(list, text);
    }
    const openers = fields.filter(([key]) => key === "opener").map(([, text]) => text);
    $$("[name=opener]", form).forEach((field, index) => { field.value = openers[index] ?? ""; });
    for (const [key, text] of fields) {
      if (key === "sheet") setSheet(text);
      else if (![...lists, "opener"].includes(key) && form.elements[key]) form.elements[key].value = text;
    }
    showAll();
  },
});

function showAll() {
  for (const place of $$("[data-name]", main)) place.textContent = form.elements.name.value;
  for (const place of $$("[data-tagline]", main)) place.textContent = form.elements.tagline.value;
  const hue = $("[data-hue]", main);
  main.style.setProperty("--h", hue.value);
  $("[data-hue-out]", main).textContent = hue.value;
  showChips();
  fitAll();
  preview.soon();
}

const changed = () => { keeping.changed(); preview.soon(); };

const sectionList = new WritingList(
  sections,
  $("[data-section-template]", main),
  (item) => valueOf(item, "[data-section-title]").trim() || words("untitled"),
  changed,
);
const greetingLists = Object.fromEntries($$("[data-greetings]", main).map((list) => [
  list.dataset.greetings,
  new WritingList(list, $(`[data-greeting-template="${list.dataset.greetings}"]`, main), () => words("the_greeting"), changed),
]));

function addGreeting(list, text = "") {
  const item = greetingLists[list].add();
  $("textarea", item).value = text;
  greetings.push(watchGreeting(item, main.dataset.previewUrl, name));
  if (text) greetings.at(-1).now();
}

new Crop(main, async (face) => {
  let answer;
  try {
    answer = await post(face.action, new FormData(face));
  } catch {
    toast(words("not_saved"));
    return false;
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) {
    toast(body?.error?.message ?? words("picture_refused"));
    return false;
  }
  keeping.rebase(body.number);
  for (const place of $$("[data-portrait], [data-portrait-banner], .portrait", main)) {
    const image = document.createElement("img");
    image.src = body.portrait;
    image.alt = "";
    place.replaceChildren(image);
  }
  announce(words("saved"));
  return true;
});

for (const link of $$("[data-tab-link]", main)) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showTab(link.dataset.tabLink);
  });
}
for (const link of $$("[data-view-link]", main)) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showView(link.dataset.viewLink);
  });
}
for (const button of $$("[data-part-button]", main)) button.addEventListener("click", () => showPart(button.dataset.partButton));
for (const button of $$("[data-add-section]", main)) {
  button.addEventListener("click", () => { showPart("write"); showView("form"); sectionList.add(); });
}
for (const button of $$("[data-add-greeting]", main)) button.addEventListener("click", () => addGreeting(button.dataset.addGreeting));
$("[data-section-list]", main).addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  goTo($$("a", event.currentTarget).indexOf(link));
});
form.addEventListener("input", (event) => {
  if (event.target.matches("textarea")) fit(event.target);
  showAll();
});
document.addEventListener("characters:saved", (event) => keeping.rebase(event.detail.number));
startToolbar(form, () => (viewField.value === "form" ? $("[data-section-body]", sections) ?? preamble : sheet));
showChips();
fitAll();
preview.now();
if (main.dataset.tab === "greetings") for (const one of greetings) one.now();
// The table of a lorebook has room for a sentence beside every field, most of them empty.
const refused = $$(".errorlist", form).find((list) => list.textContent.trim())?.closest("[data-panel]");
if (refused) showTab(refused.dataset.panel);
