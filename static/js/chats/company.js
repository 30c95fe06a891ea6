// Who shares this chat: whose turn it is, who is here, who is writing. main.js brings the frames and takes the speaker.
import { $, $$, announce, post, toast, words } from "../ui.js";

const page = $("[data-chat]");
const { chatUrl } = page.dataset;
const draft = $("#draft");
const TYPING_MILLISECONDS = 2500; // how often the others are told
const FORGET_MILLISECONDS = 6000; // after so long without a word, nobody is writing any more

// ---- next to speak

const bar = () => $("[data-speak-form]");
const chips = () => (bar() ? $$("button", bar()) : []);

function choose(id) {
  page.dataset.nextSpeaker = id;
  for (const chip of chips()) chip.setAttribute("aria-pressed", String(chip.value === id));
}

async function speakNow(chip) {
  const body = new FormData();
  body.set("character", chip.value);
  for (const each of chips()) each.disabled = true;
  try {
    const answer = await post(bar().action, body);
    if (answer.ok) return void announce(words(chip.value ? "asked_to_speak" : "they_decide", { name: chip.dataset.speakerName ?? "" }));
    toast((await answer.json()).error?.message ?? words("retry_failed"));
  } catch {
    toast(words("retry_failed"));
  } finally {
    for (const each of chips()) each.disabled = false;
    chip.focus({ preventScroll: true });
  }
}

page.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-speak-form]")) return;
  event.preventDefault();
  const chip = event.submitter;
  if (!chip) return;
  if (!draft.value.trim() && !page.hasAttribute("data-streaming")) return void speakNow(chip);
  choose(chip.value);
  announce(words(chip.value ? "answers_next" : "they_decide", { name: chip.dataset.speakerName ?? "" }));
});
page.addEventListener("speaker-taken", () => choose(""));
choose("");

// ---- who is here, and who is writing

const pane = $("[data-company]");
const me = pane?.dataset.me;
const writing = new Map(); // name and timer, by person

function showWriting() {
  const line = $("[data-typing]");
  if (!line) return;
  const names = [...writing.values()].map(({ name }) => name);
  line.textContent = names.length ? words(names.length > 1 ? "are_writing" : "is_writing", { name: names.join(", ") }) : "";
  line.hidden = !names.length;
}

function stopWriting(id) {
  clearTimeout(writing.get(id)?.timer);
  writing.delete(id);
  showWriting();
}

function onTyping({ person_id: id, name }) {
  if (id === me) return;
  clearTimeout(writing.get(id)?.timer);
  writing.set(id, { name, timer: setTimeout(() => stopWriting(id), FORGET_MILLISECONDS) });
  showWriting();
}

let heard = null; // who is here, if that was said while the table was asked for

function onPresence({ people }) {
  heard = people;
  for (const row of $$("[data-person]", pane ?? undefined)) {
    const here = people.includes(row.dataset.person);
    row.toggleAttribute("data-here", here);
    const mark = $("[data-here-mark]", row);
    if (mark) mark.hidden = !here;
  }
  for (const id of [...writing.keys()]) if (!people.includes(id)) stopWriting(id);
}

let told = 0;
draft.addEventListener("input", () => {
  if (!me || !draft.value.trim() || Date.now() - told < TYPING_MILLISECONDS) return;
  told = Date.now();
  page.dispatchEvent(new CustomEvent("typing"));
});

// ---- the table itself, anew when it has changed

let asking = Promise.resolve();
function refresh() {
  // A chat for two that has become one for more has another page.
  if (!pane) return void location.reload();
  asking = asking.then(async () => {
    heard = null;
    const answer = await fetch(`${chatUrl}company/`, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text(); // the server's own page
    const { activeElement: active } = document;
    const focused = active?.id;
    const pressed = chips().includes(active) ? active.value : null;
    // A number that is half written.
    const written = pane.contains(active) && active.value !== active.defaultValue ? active.value : null;
    const open = $$("details[open]", pane).map((details) => details.id);
    const next = page.dataset.nextSpeaker ?? "";
    pane.replaceChildren(...$("[data-company]", holder.content).childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const [name, root] of [["[data-speak]", page], ["[data-company-faces]", page], ["[data-company-names]", page]]) {
      const fresh = $(name, holder.content);
      if (fresh) $(name, root)?.replaceWith(fresh);
    }
    choose(chips().some((chip) => chip.value === next) ? next : "");
    showWriting();
    if (heard) onPresence({ people: heard });
    if (pressed !== null) chips().find((chip) => chip.value === pressed)?.focus({ preventScroll: true });
    const again = focused && document.getElementById(focused);
    if (again && document.activeElement !== again) again.focus({ preventScroll: true });
    if (again && written !== null) again.value = written;
  }).catch(() => { /* the next hint tries again */ });
}

page.addEventListener("frame", ({ detail }) => {
  if (detail.type === "person.typing") onTyping(detail);
  else if (detail.type === "presence.changed") onPresence(detail);
  else if (detail.type === "cast.changed" || detail.type === "people.changed") refresh();
});

pane?.addEventListener("change", (event) => {
  if (event.target.matches("[data-company-save]")) event.target.form.requestSubmit();
});
pane?.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-company-form]");
  if (!form) return;
  event.preventDefault();
  try {
    const answer = await post(form.action, new FormData(form, event.submitter));
    if (!answer.ok) toast((await answer.json()).error?.message ?? words("not_saved"));
    else announce(words("saved"));
  } catch {
    toast(words("not_saved"));
  }
  refresh();
});
