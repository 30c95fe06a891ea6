// Several chats at once: all of a page, a run of them with Shift, and what was done can be undone.
import { $, $$, undoable, words } from "../ui.js";
import { send } from "./rows.js";
import { localTimes } from "../times.js";

const form = $("[data-bulk]");
const all = form && $("[data-bulk-all]", form);
const boxes = () => $$("[data-bulk-one]", form);
const picked = () => boxes().filter((one) => one.checked);
let last = null;

function show() {
  const { length: n } = picked();
  all.checked = n > 0 && n === boxes().length;
  all.indeterminate = n > 0 && !all.checked;
  $("[data-bulk-number]", form).textContent = n ? words("selected", { n }) : words("select_all");
  for (const button of $$("[data-bulk-tools] button", form)) button.disabled = !n;
}

function bodyOf(verb, ids, fields = {}) {
  const body = new FormData();
  body.append("do", verb);
  for (const id of ids) body.append("chat", id);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
}

/** The requests that put everything back. */
function opposite(verb, ids, fields) {
  const opposites = { delete: "restore", archive: "unarchive", unarchive: "archive" };
  if (opposites[verb]) return [bodyOf(opposites[verb], ids)];
  const rows = ids.map((id) => $(`[data-pick="${id}"]`, form));
  if (verb === "tag") {
    const without = ids.filter((_, n) => !$(`[data-dot="${fields.tag}"]`, rows[n]));
    return without.length ? [bodyOf("untag", without, fields)] : [];
  }
  const byFolder = new Map();
  ids.forEach((id, n) => {
    const folder = rows[n].dataset.folderOf || "none";
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), id]);
  });
  return [...byFolder].map(([folder, some]) => bodyOf("folder", some, { folder }));
}

/** What the page says by now. */
async function takeAnew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rows = $("[data-bulk] > ul", fresh);
  if (rows) localTimes(rows);
  $(":scope > ul", form).replaceChildren(...(rows?.childNodes ?? []));
  last = null;
  show();
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const verb = event.submitter.value;
  const fields = { folder: $("[name=folder]", form)?.value ?? "", tag: $("[name=tag]", form)?.value ?? "" };
  const ids = picked().map((one) => one.value);
  const back = opposite(verb, ids, fields);
  const said = await send(form.action, bodyOf(verb, ids, fields));
  if (!said) return;
  undoable(said.message, async () => {
    for (const body of back) await send(form.action, body);
    await takeAnew();
  });
  all.focus();
  await takeAnew();
});

form?.addEventListener("click", (event) => {
  const one = event.target.closest("[data-bulk-one]");
  if (!one) return;
  const list = boxes();
  if (event.shiftKey && last) {
    const [from, to] = [list.indexOf(last), list.indexOf(one)].sort((a, b) => a - b);
    for (const between of list.slice(from, to + 1)) between.checked = one.checked;
  }
  last = one;
  show();
});
all?.addEventListener("change", () => {
  for (const one of boxes()) one.checked = all.checked;
  show();
});
if (form) show();
