// The table of a lorebook: entries open in place, and what was touched is gathered in one field, `lore-edits`, which
// the form sends. Without this script one entry at a time is open, as fields of the form.
import { $, $$, announce, post, toast, words } from "../ui.js";

const READING_MS = 400;
const ON = "on";
const root = $("[data-lore]");
const form = root.closest("form");
const list = $("[data-lore-rows]", root);
const gathered = $("[data-lore-edits]", root);
const result = $("[data-lore-result]", root);
const source = $("[name=lore-try-source]", root);
const usual = JSON.parse($("#lore-usual").textContent);
const known = JSON.parse($("#lore-values").textContent); // by entry, what differs from the usual
const lines = (text) => text.replaceAll("\r\n", "\n");

// --- what was touched and is not saved ------------------------------------------------------------------------------

const untouched = () => ({ settings: {}, entries: {}, deleted: [] });
let edits = gathered.value ? JSON.parse(lines(gathered.value)) : untouched();

const isTouched = () => edits.deleted.length > 0 || Object.keys(edits.entries).length > 0;
const valuesOf = (uid) => ({ ...usual, ...known[uid], ...edits.entries[uid] });

function gather() {
  gathered.value = isTouched() ? JSON.stringify(edits) : "";
  gathered.dispatchEvent(new Event("input", { bubbles: true }));
}

function touch(uid, changes) {
  edits.entries[uid] = { ...valuesOf(uid), ...changes };
  gather();
}

/** Those of `sent` are saved now; what was written since is not. */
function rebase(sent) {
  for (const [uid, values] of Object.entries(sent.entries)) {
    known[uid] = values;
    if (JSON.stringify(edits.entries[uid]) === JSON.stringify(values)) delete edits.entries[uid];
  }
  for (const uid of sent.deleted) {
    delete known[uid];
    $$("[data-undo]", list).find((row) => row.dataset.undo === uid)?.remove();
  }
  edits.deleted = edits.deleted.filter((uid) => !sent.deleted.includes(uid));
  edits.settings = {};
  gathered.value = isTouched() ? JSON.stringify(edits) : "";
}

// --- rows -----------------------------------------------------------------------------------------------------------

const rows = () => $$("[data-entry]", list);
const rowOf = (uid) => rows().find((row) => row.dataset.entry === uid);
const orderOf = (uid) => Number(valuesOf(uid).order) || 0;
const titleOf = (values) => (values.name || values.comment || values.keys.split(/[,\n]/)[0]).trim() || words("lore_new");
const labelOf = (name, value) => $(`[data-field="${name}"] option[value="${CSS.escape(value)}"]`, $("[data-lore-entry-template]", root).content)?.textContent ?? value;
const modeOf = (values) => (values.use_regex ? "pattern" : values.constant ? "always" : "keys");
const modes = JSON.parse(root.dataset.modes);

function draw(row) {
  const values = valuesOf(row.dataset.entry);
  const title = titleOf(values);
  const mode = $("[data-mode]", row);
  $("[data-title]", row).textContent = title;
  $("[data-keys]", row).textContent = values.keys.trim().replaceAll("\n", ", ").slice(0, 80);
  $("[data-order]", row).textContent = values.order;
  $("[data-place]", row).textContent = values.position === "at_depth" ? words("lore_at_depth", { n: values.depth }) : labelOf("position", values.position);
  mode.dataset.mode = modeOf(values);
  mode.textContent = modes[modeOf(values)];
  $("[data-on]", row).checked = Boolean(values.enabled);
  $("[data-on]", row).setAttribute("aria-label", words("lore_enabled", { name: title }));
}

function show() {
  const wanted = $("[data-lore-filter]", root).value.trim().toLowerCase();
  const found = rows();
  let shown = 0;
  for (const row of found) {
    const { name, comment, keys, content } = valuesOf(row.dataset.entry);
    row.hidden = Boolean(wanted) && !`${name}\n${comment}\n${keys}\n${content}`.toLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  $("[data-lore-count]", root).textContent = shown === found.length ? shown : `${shown} / ${found.length}`;
  $("[data-lore-none]", root).hidden = found.length > 0;
  $(".lore-heads", root).hidden = found.length === 0;
}

const SORTS = {
  order: (row) => orderOf(row.dataset.entry),
  title: (row) => titleOf(valuesOf(row.dataset.entry)).toLowerCase(),
  tokens: (row) => -Number($("[data-row-tokens]", row).textContent),
};
const asInBook = rows().map((row) => row.dataset.entry);

function sort() {
  const by = SORTS[$("[data-lore-sort]", root).value] ?? ((row) => { const at = asInBook.indexOf(row.dataset.entry); return at < 0 ? asInBook.length : at; });
  const keyed = rows().map((row) => [by(row), row]);
  keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  list.append(...keyed.map(([, row]) => row));
}

// --- an open entry --------------------------------------------------------------------------------------------------

let reading;

function read(row, box) {
  clearTimeout(reading);
  reading = setTimeout(async () => {
    const body = new FormData();
    const uid = row.dataset.entry;
    body.append("lore-open", uid);
    for (const [name, value] of Object.entries(valuesOf(uid))) if (name !== "kept" && value) body.append(`lore-${name}`, value);
    const answer = await post(root.dataset.readingUrl, body).catch(() => undefined);
    if (!answer?.ok) return;
    $("[data-reading]", box).innerHTML = await answer.text();
    $("[data-row-tokens]", row).textContent = $("[data-tokens]", box).dataset.tokens;
  }, READING_MS);
}

function fill(box, values) {
  for (const field of $$("[data-field]", box)) {
    const value = values[field.dataset.field] ?? "";
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
    // A place that only a decorator or another program has a word for.
    if (field.tagName === "SELECT" && field.value !== value) {
      field.add(new Option(value, value));
      field.value = value;
    }
  }
}

function open(row) {
  if ($("[data-entry-fields]", row)) return;
  const box = $("[data-lore-entry-template]", root).content.firstElementChild.cloneNode(true);
  for (const field of $$("[name]", box)) field.removeAttribute("name");
  fill(box, valuesOf(row.dataset.entry));
  row.append(box);
  row.classList.add("is-open");
  $("[data-open]", row).setAttribute("aria-expanded", "true");
  read(row, box);
}

function close(row) {
  $("[data-entry-fields]", row)?.remove();
  row.classList.remove("is-open");
  $("[data-open]", row).setAttribute("aria-expanded", "false");
}

function written(event) {
  const row = event.target.closest("[data-entry]");
  const field = event.target.closest("[data-field]");
  if (!row || !field) return;
  const value = field.type === "checkbox" ? (field.checked ? ON : "") : field.value;
  touch(row.dataset.entry, { [field.dataset.field]: value });
  complain(field, "");
  draw(row);
  read(row, $("[data-entry-fields]", row));
}

function complain(field, sentence) {
  const error = $("[data-error]", field.closest("label"));
  error.textContent = sentence;
  error.hidden = !sentence;
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

// --- verbs ----------------------------------------------------------------------------------------------------------

function nextUid() {
  const used = [...Object.keys(known), ...Object.keys(edits.entries), ...edits.deleted].filter((uid) => /^\d{1,9}$/.test(uid));
  return String(Math.max(-1, ...used.map(Number)) + 1);
}

function add(values, before) {
  const row = $("[data-lore-row-template]", root).content.firstElementChild.cloneNode(true);
  row.dataset.entry = nextUid();
  $("[data-open]", row).setAttribute("aria-expanded", "false");
  touch(row.dataset.entry, values);
  list.insertBefore(row, before);
  draw(row);
  show();
  open(row);
  row.scrollIntoView({ block: "nearest" });
  $('[data-field="keys"]', row).focus();
}

function remove(row) {
  const uid = row.dataset.entry;
  const was = edits.entries[uid];
  const note = document.createElement("li");
  const undo = Object.assign(document.createElement("button"), { type: "button", className: "button button-line button-small", textContent: words("lore_undo") });
  const sentence = words("lore_deleted", { name: titleOf(valuesOf(uid)) });
  note.className = "lore-undo";
  note.dataset.undo = uid;
  note.append(Object.assign(document.createElement("span"), { textContent: sentence }), undo);
  delete edits.entries[uid];
  edits.deleted.push(uid);
  row.replaceWith(note);
  gather();
  show();
  announce(sentence);
  undo.focus();
  undo.addEventListener("click", () => {
    edits.deleted = edits.deleted.filter((each) => each !== uid);
    if (was) edits.entries[uid] = was;
    note.replaceWith(row);
    gather();
    show();
    $("[data-open]", row).focus();
  });
}

/** One place up or down in the order of the prompt: it changes numbers with its neighbour. */
function move(row, step) {
  const uid = row.dataset.entry;
  const ordered = rows().map((each) => each.dataset.entry).sort((a, b) => orderOf(a) - orderOf(b));
  const other = ordered[ordered.indexOf(uid) + step];
  if (other === undefined) return;
  const [own, its] = [orderOf(uid), orderOf(other)];
  touch(uid, { order: String(own === its ? own + step : its) });
  if (own !== its) {
    touch(other, { order: String(own) });
    const neighbour = rowOf(other);
    draw(neighbour);
    if ($("[data-entry-fields]", neighbour)) fill($("[data-entry-fields]", neighbour), valuesOf(other));
  }
  draw(row);
  fill($("[data-entry-fields]", row), valuesOf(uid));
  announce(words("lore_moved", { n: orderOf(uid) }));
}

const VERBS = {
  earlier: (row) => move(row, -1),
  later: (row) => move(row, 1),
  duplicate: (row) => add(valuesOf(row.dataset.entry), row.nextSibling),
  delete: remove,
};

list.addEventListener("click", (event) => {
  const row = event.target.closest("[data-entry]");
  const verb = event.target.closest("[data-do]");
  if (verb) VERBS[verb.dataset.do](row);
  if (!event.target.closest("[data-open]")) return;
  event.preventDefault();
  if (row.classList.contains("is-open")) close(row);
  else open(row);
});
list.addEventListener("input", written);
list.addEventListener("change", (event) => {
  if (!event.target.matches("[data-on]")) return;
  const row = event.target.closest("[data-entry]");
  touch(row.dataset.entry, { enabled: event.target.checked ? ON : "" });
  const box = $("[data-entry-fields]", row);
  if (box) fill(box, valuesOf(row.dataset.entry));
});
$("[data-lore-add]", root).addEventListener("click", () => add({}, null));
$("[data-lore-filter]", root).addEventListener("input", (event) => { event.stopPropagation(); show(); });
$("[data-lore-filter]", root).addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
$("[data-lore-sort]", root).addEventListener("change", sort);

// --- the test box ---------------------------------------------------------------------------------------------------

async function test() {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (name.startsWith("lore-")) body.append(name, value);
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await post(root.dataset.testUrl, body);
    if (answer.ok) result.innerHTML = await answer.text();
    else toast((await answer.json()).error.message);
  } catch {
    toast(words("details_failed"));
  } finally {
    result.removeAttribute("aria-busy");
  }
}

$("[data-lore-test]", root).addEventListener("click", (event) => { event.preventDefault(); test(); });
result.addEventListener("click", (event) => {
  const roll = event.target.closest("[data-lore-roll]");
  if (!roll) return;
  $("[data-lore-seed]", root).value = roll.dataset.loreRoll;
  test();
});
$("[data-lore-chat]", root)?.addEventListener("change", async (event) => {
  event.stopPropagation();
  if (!event.target.value) return;
  const answer = await fetch(event.target.value, { headers: { Accept: "application/json" } }).catch(() => undefined);
  if (answer?.ok) $("[data-lore-text]", root).value = (await answer.json()).lines.join("\n");
  else toast(words("details_failed"));
});

// --- saving ---------------------------------------------------------------------------------------------------------

let sent = untouched();
const snapshot = () => { sent = structuredClone(edits); };

/** Sentences by `lore.<entry>.<field>`, where they belong. */
function showErrors(fields) {
  let first;
  for (const [name, sentence] of Object.entries(fields)) {
    if (!name.startsWith("lore.")) continue;
    const at = name.lastIndexOf(".");
    const uid = name.slice(5, at);
    const row = uid ? rowOf(uid) : undefined;
    if (row) open(row);
    const field = $(`[data-field="${CSS.escape(name.slice(at + 1))}"]`, row ?? $(".lore-settings", root));
    if (!field) continue;
    field.closest("details")?.setAttribute("open", "");
    complain(field, sentence);
    first ??= field;
  }
  first?.focus();
}

// For a form that is somebody else's: it says when it begins to save, when it has saved, and what was wrong.
form.addEventListener("lore:saving", snapshot);
form.addEventListener("lore:saved", (event) => {
  rebase(sent);
  source.value = source.value.replace(/\d+$/, String(event.detail.number));
});
form.addEventListener("lore:refused", (event) => showErrors(event.detail.fields));

function startPage() {
  const status = $("[data-lore-saved]");
  const complaint = $("[data-lore-complaint]");
  const base = $("[data-lore-base]", form);
  let isDirty = isTouched();

  function refuse(sentence) {
    complaint.hidden = !sentence;
    $("p", complaint).textContent = sentence;
  }

  async function save() {
    snapshot();
    isDirty = false;
    try {
      const answer = await post(form.action, new FormData(form));
      if (answer.status === 409) {
        // The page that comes shows both: what was written, on top of what was saved elsewhere.
        form.submit();
        return;
      }
      const said = await answer.json();
      if (answer.ok) {
        rebase(sent);
        base.value = said.base;
        $("[data-lore-name]").textContent = said.name;
        status.textContent = words(isDirty ? "lore_unsaved" : "lore_saved");
        refuse("");
        announce(words("lore_saved"));
        return;
      }
      refuse(Object.keys(said.fields ?? {}).length > 1 ? words("lore_wrong") : said.error.message);
      showErrors(said.fields ?? {});
    } catch {
      toast(words("not_saved"));
    }
    isDirty = true;
  }

  form.addEventListener("input", (event) => {
    // Neither the test box nor how the table is sorted.
    if (!event.target.name || event.target.name.startsWith("lore-try-")) return;
    isDirty = true;
    status.textContent = words("lore_unsaved");
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
  });
}

// --- the beginning --------------------------------------------------------------------------------------------------

for (const row of rows()) $("[data-open]", row).setAttribute("aria-expanded", "false");
const one = $("[data-lore-one]", root);
if (one) {
  // What was open as fields of the form is open in the table instead.
  const uid = one.dataset.loreOne;
  const errors = $$("[data-field]", one).map((field) => [`lore.${uid}.${field.dataset.field}`, $("[data-error]", field.closest("label")).textContent]);
  one.remove();
  const row = rowOf(uid);
  if (row) {
    open(row);
    showErrors(Object.fromEntries(errors.filter(([, sentence]) => sentence)));
    row.scrollIntoView({ block: "nearest" });
  } else {
    add({}, null);
  }
}
if (form.matches("[data-lore-form]")) startPage();
