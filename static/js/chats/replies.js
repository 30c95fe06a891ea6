// One reply on its way (docs/protocol.md). `apply` takes the frames and can be given any of them twice; `paint` writes
// what has changed, once per frame of the screen. A closed block is written once and then never touched, so a
// selection in it survives.
import { $, $$, icon, words } from "../ui.js";
import { dressCode } from "./messages.js";
import { render } from "./tail.js";

const LIVE = ["queued", "running"];
const dirty = new Set();
let frame = 0;

function schedule(reply) {
  dirty.add(reply);
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    const replies = [...dirty];
    dirty.clear();
    replies.forEach((each) => each.paint());
  });
}

export class Reply {
  #blocks; // { html, node }: html is null for what the server wrote into the page
  #gone = [];
  #tail;
  #thinking;
  #thinkingSince = null;
  #thoughtFor = null;
  #failure = "";
  #startedAgain = false;
  #painted = { tail: null, thinking: null };

  constructor(item) {
    this.item = item;
    this.id = item.dataset.message;
    this.seq = Number(item.dataset.seq);
    this.status = item.dataset.status;
    this.#blocks = $$("[data-block]", item).map((node) => ({ html: null, node }));
    this.#tail = $("[data-tail]", item).textContent;
    this.#thinking = $("[data-thinking-text]", item).textContent;
    this.#painted.thinking = this.#thinking;
    if (this.isLive) schedule(this);
  }

  get isLive() { return LIVE.includes(this.status); }

  /** "applied", "old" (it was applied before), or "hole" (something before it is missing). */
  apply(entry) {
    if (entry.type !== "reply.gap") { // which is the whole, and counts whenever it comes
      if (entry.seq <= this.seq) return "old";
      if (entry.seq > this.seq + 1) return "hole";
    }
    this.seq = entry.seq;
    this[`_${entry.type.slice("reply.".length)}`](entry);
    schedule(this);
    return "applied";
  }

  _start() { this.status = "running"; }

  _delta({ text = "", thinking = "", blocks = [], tail }) {
    this.status = "running";
    if (thinking) {
      this.#thinking += thinking;
      this.#thinkingSince ??= Date.now();
    }
    this.#close(blocks);
    if (blocks.length) this.#tail = tail ?? "";
    else this.#tail += text;
    if (text && this.#thinkingSince && this.#thoughtFor === null) this.#thoughtFor = Date.now() - this.#thinkingSince;
  }

  _restart() {
    this.status = "queued";
    this.#drop(0);
    this.#tail = "";
    this.#thinking = "";
    this.#thinkingSince = this.#thoughtFor = null;
    this.#failure = "";
    this.#startedAgain = true;
  }

  _gap({ blocks = [], tail = "", thinking = "" }) {
    this.status = "running";
    this.#drop(blocks.length);
    this.#close(blocks);
    this.#tail = tail;
    this.#thinking = thinking;
  }

  _done({ status, message = "", blocks = [] }) {
    this.status = status;
    this.#close(blocks);
    this.#tail = "";
    this.#failure = message;
    if (this.#thinkingSince) this.#thoughtFor ??= Date.now() - this.#thinkingSince;
  }

  #close(blocks) {
    for (const { index, html } of blocks) {
      const old = this.#blocks[index];
      if (old?.html === html) continue;
      if (old?.node) this.#gone.push(old.node);
      this.#blocks[index] = { html, node: null };
    }
  }

  #drop(from) {
    for (const { node } of this.#blocks.splice(from)) if (node) this.#gone.push(node);
  }

  paint() {
    const { item } = this;
    const tail = $("[data-tail]", item);
    this.#gone.splice(0).forEach((node) => node.remove());
    this.#blocks.forEach((block, index) => {
      if (block.node) return;
      block.node = document.createElement("div");
      block.node.className = "block";
      block.node.dataset.block = index;
      block.node.innerHTML = block.html; // sanitised by the server
      dressCode(block.node);
      const after = this.#blocks.slice(index + 1).find((later) => later.node);
      (after?.node ?? tail).before(block.node);
    });
    if (this.#painted.tail !== this.#tail) {
      tail.removeAttribute("data-raw");
      tail.replaceChildren(render(this.#tail));
      this.#painted.tail = this.#tail;
    }
    if (this.#painted.thinking !== this.#thinking) {
      $("[data-thinking-text]", item).textContent = this.#thinking;
      this.#painted.thinking = this.#thinking;
    }
    $("[data-thinking]", item).hidden = !this.#thinking;
    if (this.#thinkingSince || this.status === "queued") $("[data-thinking-label]", item).textContent = this.#thinkingLabel();
    item.toggleAttribute("data-has-text", Boolean(this.#blocks.length || this.#tail.trim()));
    item.dataset.status = this.status;
    item.dataset.seq = this.seq;
    item.toggleAttribute("data-live", this.isLive);
    if (this.isLive) $("article", item).setAttribute("aria-busy", "true");
    else $("article", item).removeAttribute("aria-busy");
    $("[data-outcome]", item).textContent = this.#outcome();
    if (this.#startedAgain && this.isLive) $("[data-state]", item).replaceChildren(icon("refresh-cw"), words("started_again"));
    else $("[data-state]", item).replaceChildren();
  }

  #thinkingLabel() {
    if (this.#thoughtFor === null) return this.isLive ? words("thinking") : words("thought");
    const seconds = Math.max(1, Math.round(this.#thoughtFor / 1000));
    return words(seconds === 1 ? "thought_one" : "thought_other", { n: seconds });
  }

  #outcome() {
    if (this.status === "cancelled") return words("stopped");
    if (this.status === "interrupted") return this.#failure || words("interrupted");
    return this.status === "failed" ? this.#failure || words("failed") : "";
  }
}
