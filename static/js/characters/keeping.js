// Nothing typed is ever lost: a draft on the server, one on this device when that is out of reach, and Save.
import { $, $$, announce, store, words } from "../ui.js";
import { inZone } from "../times.js";

const PAUSE_MS = 1200;
const AGAIN_MS = 5000;
// They are not part of a draft on the server, which is a card.
const HERE_ONLY = ["language_model", "prompt_format", "temperature", "top_p", "max_tokens", "persona"];

const clock = inZone({ hour: "2-digit", minute: "2-digit" });
const when = inZone({ dateStyle: "medium", timeStyle: "short" });

// The sheet is one text here, whichever view it is written in.
const MARKS = ["csrfmiddlewaretoken", "tab", "view", "base", "sheet", "preamble", "section_title", "section_body"];
// Of the lorebook only these count: its own fields, and what is gathered of its table, which is empty once that is
// saved. An entry that is only open is no edit, nor is what is tried out.
const EDITS = "lore-edits";
const ofLore = (name) => name.startsWith("lore-") && name !== EDITS && !name.startsWith("lore-book-");
const said = (fields) => JSON.stringify(fields);
const onlyHere = (fields) => JSON.stringify(fields.filter(([name]) => HERE_ONLY.includes(name)));

export class Keeping {
  #main;
  #form;
  #key;
  #status;
  #saved; // what the server has saved, as text
  #savedHere;
  #kept; // what the server has as a draft, as text
  #timer = 0;
  #busy = false;
  #leaving = false;

  /** `sheet()` is the markdown of now; `onSaved()` comes after a save, `onRefused(fields)` with a sentence for each field
   * that was refused, `onBack(fields)` with what this device had. */
  constructor(main, { sheet, onSaved, onRefused, onBack }) {
    this.#main = main;
    this.#form = $("[data-form]", main);
    this.#status = $("[data-saved]", main);
    this.#key = `editor:${main.dataset.editor}`;
    this.sheet = sheet;
    this.onSaved = onSaved;
    this.onRefused = onRefused;
    this.onBack = onBack;
    const fields = this.#fields();
    this.#kept = said(fields);
    this.#savedHere = onlyHere(fields);
    // A draft that the page began with is not saved yet; nothing reads as this.
    this.#saved = main.hasAttribute("data-has-draft") || !$("[data-complaint]", main).hidden ? null : this.#kept;
    this.#form.addEventListener("input", () => this.changed());
    this.#form.addEventListener("change", () => this.changed());
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
        event.preventDefault();
        this.save();
      }
    });
    for (const form of $$("[data-discard]", main)) {
      form.addEventListener("submit", () => { this.#leaving = true; clearTimeout(this.#timer); store.set(this.#key, null); });
    }
    addEventListener("online", () => this.keep());
    addEventListener("beforeunload", (event) => {
      if (this.#leaving || !this.isDirty || said(this.#fields()) === this.#kept) return;
      event.preventDefault();
    });
    addEventListener("pagehide", () => { if (!this.#leaving) this.keep({ last: true }); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.keep({ last: true }); });
    this.#offerLocal();
  }

  #fields() {
    return [...[...new FormData(this.#form)].filter(([name]) => !MARKS.includes(name) && !ofLore(name)), ["sheet", this.sheet()]];
  }

  get isDirty() { return said(this.#fields()) !== this.#saved; }

  changed() {
    if (!this.isDirty && this.#kept === this.#saved) {
      clearTimeout(this.#timer);
      store.set(this.#key, null);
      this.#tell(words("saved"));
      return;
    }
    this.#remember();
    this.#tell(words("not_saved_yet"));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), PAUSE_MS);
  }

  /** The server's draft says what the page says. */
  async keep({ last = false } = {}) {
    clearTimeout(this.#timer);
    const fields = this.#fields();
    const now = said(fields);
    if (now === this.#kept || this.#busy) return;
    let answer;
    try {
      answer = await this.#post(this.#main.dataset.draftUrl, last);
    } catch {
      this.#notKept(words("draft_offline"));
      return;
    }
    if (answer.status === 204) {
      this.#kept = now;
      if (onlyHere(fields) === this.#savedHere) store.set(this.#key, null);
      if (said(this.#fields()) === now) this.#tell(this.isDirty ? words("draft_kept", { time: clock.format(new Date()) }) : words("saved"));
      return;
    }
    this.#notKept(answer.type === "opaqueredirect" || answer.status === 401 ? words("signed_out") : words("draft_refused"));
  }

  async save() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    this.#remember();
    this.#tell(words("saving"));
    this.#form.dispatchEvent(new CustomEvent("lore:saving"));
    const fields = this.#fields();
    try {
      await this.#answered(await this.#post(this.#form.action), fields);
    } catch {
      this.#notKept(words("draft_offline"), true);
    } finally {
      this.#busy = false;
    }
  }

  async #answered(answer, fields) {
    if (answer.ok) {
      const body = await answer.json();
      this.#saved = this.#kept = said(fields.map(([name, value]) => [name, name === EDITS ? "" : value]));
      this.#savedHere = onlyHere(fields);
      this.rebase(body.number);
      // A lorebook's table, if it stands in this form, listens for these.
      this.#form.dispatchEvent(new CustomEvent("lore:saved", { detail: body }));
      store.set(this.#key, null);
      this.onRefused({});
      this.#complain("");
      for (const banner of $$("[data-draft-banner], .meanwhile", this.#main)) banner.remove();
      const text = words("saved_at", { time: clock.format(new Date()) });
      this.#tell(text);
      announce(text);
      this.onSaved();
      if (this.isDirty) this.changed();
      return;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      this.#notKept(words("signed_out"), true);
      $("[data-complaint-sign-in]", this.#main).hidden = false;
      return;
    }
    const body = await answer.json().catch(() => null);
    if (answer.status === 409) {
      // The draft is on the server; its page shows both.
      this.#leaving = true;
      location.assign(`${location.pathname}?tab=${$("[data-tab-field]", this.#form).value}`);
      return;
    }
    this.onRefused(body?.fields ?? {});
    this.#form.dispatchEvent(new CustomEvent("lore:refused", { detail: { fields: body?.fields ?? {} } }));
    this.#complain(body?.error?.message ?? words("not_saved"));
    this.#tell(words("not_saved_yet"));
    this.#busy = false;
    await this.keep();
  }

  /** A newer version of this character was saved by this page. */
  rebase(number) {
    for (const field of $$("[data-base]", this.#main)) field.value = number;
  }

  /** A page that is older than the last sign-in has a token that is good no more: it takes a new one, once. */
  async #post(url, last = false) {
    const answer = await this.#send(url, last);
    if (answer.status !== 403 || last) return answer;
    const page = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (!page.ok) return page;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = $("[name=csrfmiddlewaretoken]", fresh)?.value;
    if (!token) return answer;
    for (const field of $$("[name=csrfmiddlewaretoken]", document)) field.value = token;
    return this.#send(url, last);
  }

  #send(url, last) {
    const body = new FormData(this.#form);
    return fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": body.get("csrfmiddlewaretoken") },
      redirect: "manual",
      // A browser lets at most 64 KiB outlive their page.
      keepalive: last && said(this.#fields()).length < 30_000,
    });
  }

  #remember() {
    store.set(this.#key, JSON.stringify({ at: Date.now(), fields: this.#fields() }));
  }

  #notKept(sentence, aloud = false) {
    this.#remember();
    this.#tell(sentence);
    if (aloud) this.#complain(sentence);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), AGAIN_MS);
  }

  #tell(text) { this.#status.textContent = text; }

  #complain(text) {
    $("[data-complaint-text]", this.#main).textContent = text;
    $("[data-complaint]", this.#main).hidden = !text;
    $("[data-complaint-sign-in]", this.#main).hidden = true;
  }

  /** What this device has and the server never got. It stays until the reader has said what becomes of it. */
  #offerLocal() {
    const left = `${this.#key}:left`;
    const found = store.get(this.#key) ?? store.get(left);
    store.set(this.#key, null);
    let before;
    try { before = JSON.parse(found); } catch { before = null; }
    const isNew = before && said(before.fields) !== said(this.#fields());
    store.set(left, isNew ? found : null);
    if (!isNew) return;
    const banner = $("[data-local]", this.#main);
    const end = () => { banner.hidden = true; store.set(left, null); };
    $("[data-local-text]", banner).textContent = words("local_draft", { time: when.format(new Date(before.at)) });
    banner.hidden = false;
    $("[data-local-back]", banner).addEventListener("click", () => { this.onBack(before.fields); end(); this.changed(); });
    $("[data-local-away]", banner).addEventListener("click", end);
  }
}
