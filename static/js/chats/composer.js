// Where the reader writes. A draft outlives the page, Enter does what the reader prefers, and no keystroke reaches the
// conversation.
import { $, post, store } from "../ui.js";
import { sendOnEnter } from "../preferences.js";

const touchOnly = matchMedia("(pointer: coarse) and (not (any-pointer: fine))");
const apple = /Mac|iP(hone|ad|od)/.test(navigator.platform);

const TELL_MILLISECONDS = 1500;

export class Composer {
  #form = $("[data-composer]");
  #area = $("#draft");
  #send = $("[data-send]");
  #note = $("[data-send-note]");
  #draftKey;
  #saving = 0;
  #composing = false;
  #told = "";
  #address;
  #telling = 0;

  /** `onSend(text)`, `onStop()` and `onUp()`; the latter two say whether there was something to stop, or to edit. */
  constructor(chatId, { onSend, onStop, onUp }) {
    this.#draftKey = `draft:${chatId}`;
    // What this machine kept is newer than what the server was told of it.
    this.#area.value = store.get(this.#draftKey) || this.#area.value;
    this.#told = this.#area.value;
    this.#address = `${$("[data-chat]").dataset.chatUrl}draft/`;
    this.#form.noValidate = true;
    this.#area.addEventListener("input", () => { this.#note.hidden = true; this.#changed(); });
    this.#area.addEventListener("compositionstart", () => { this.#composing = true; });
    this.#area.addEventListener("compositionend", () => { this.#composing = false; });
    this.#area.addEventListener("keydown", (event) => {
      // 229: Safari ends a composition before it tells about the Enter that ended it.
      if (this.#composing || event.isComposing || event.keyCode === 229) return;
      if (event.key === "Enter" && !event.shiftKey && this.#sends(event)) {
        event.preventDefault();
        this.#form.requestSubmit();
      } else if (event.key === "Escape" && onStop()) event.preventDefault();
      else if (event.key === "ArrowUp" && !this.#area.value && onUp()) event.preventDefault();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#area.value.trim();
      if (!text) return;
      onSend(text);
      this.#area.value = "";
      this.#note.hidden = true;
      this.#changed();
      this.#save();
      if (!touchOnly.matches) this.focus();
    });
    addEventListener("pagehide", () => { this.#save(); this.#tell({ keepalive: true }); });
    document.addEventListener("preferences", () => this.#hint());
    if (apple) $("[data-mod]").textContent = "⌘ Enter";
    this.#hint();
    this.#changed();
  }

  get text() { return this.#area.value; }

  focus() { this.#area.focus({ preventScroll: true }); }

  /** Give a text back, if the reader has not written another one. False: there is another one. */
  giveBack(text) {
    if (this.#area.value.trim()) return false;
    this.fill(text);
    return true;
  }

  fill(text) {
    this.#area.value = text;
    this.#changed();
    this.#save();
    this.focus();
    this.#area.setSelectionRange(text.length, text.length);
  }

  /** Say why something was not sent. */
  complain(sentence) {
    $("[data-send-note-text]").textContent = sentence;
    this.#note.hidden = false;
  }

  #sends(event) {
    if (event.ctrlKey || event.metaKey) return true;
    return sendOnEnter() && !touchOnly.matches && !event.altKey;
  }

  #hint() {
    $("[data-hint=enter]").hidden = !sendOnEnter();
    $("[data-hint=mod]").hidden = sendOnEnter();
    this.#area.enterKeyHint = sendOnEnter() && !touchOnly.matches ? "send" : "enter";
  }

  #changed() {
    this.#send.disabled = !this.#area.value.trim();
    if (!CSS.supports("field-sizing", "content")) {
      this.#area.style.height = "auto";
      this.#area.style.height = `${Math.min(this.#area.scrollHeight, 240, innerHeight * 0.38)}px`;
    }
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), this.#area.value ? 80 : 600);
  }

  #save() {
    clearTimeout(this.#saving);
    store.set(this.#draftKey, this.#area.value || null);
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => this.#tell(), TELL_MILLISECONDS);
  }

  /** For the reader's other machines. Should it fail, this one has it. */
  async #tell(how = {}) {
    const text = this.#area.value;
    if (text === this.#told) return;
    const body = new FormData();
    body.set("text", text);
    try {
      if ((await post(this.#address, body, how)).ok) this.#told = text;
    } catch { /* offline: with the next word again */ }
  }
}
