// The piece of the shown path that the page holds: at most 240 messages, however long the chat is. What is past that
// is let go at the far end and comes back when it is scrolled to.
import { $, $$ } from "../ui.js";
import { markDays } from "../times.js";
import { fetchPart, find, messagesIn, newest, oldest } from "./messages.js";

const MOST = 240;
const log = $("[data-log]");

/** Whether the path goes on beyond what is here. */
export const edges = {
  older: log.dataset.hasOlder === "true",
  newer: log.dataset.hasNewer === "true",
};

const older = $("[data-older]");
function settle() {
  if (older) older.hidden = !edges.older;
  markDays(log);
}

/** Messages next to one, as the server renders them. */
async function fragment(query) {
  const answer = await fetchPart(`messages/${query}`);
  const said = (name) => answer.headers.get(name) === "true";
  return { items: await messagesIn(answer), older: said("X-Older"), newer: said("X-Newer"), moved: said("X-Moved") };
}

const known = () => $$(":scope > .message:not([data-sending], [data-refused])", log);
const id = (item) => item.dataset.message;

function addAtEnd(items) {
  const last = newest();
  const fresh = items.filter((item) => !find(id(item)));
  if (last) last.after(...fresh);
  else log.prepend(...fresh);
  return fresh;
}

/** The page before the oldest; the newest go when there are too many. */
export async function showOlder() {
  const got = await fragment(`?before=${id(oldest())}`);
  const fresh = got.items.filter((item) => !find(id(item)));
  return () => {
    oldest().before(...fresh);
    edges.older = got.older;
    const over = known().length - MOST;
    if (over > 0) {
      known().slice(-over).forEach((item) => item.remove());
      edges.newer = true;
    }
    settle();
    return fresh;
  };
}

/** The page after the newest; the oldest go when there are too many. */
export async function showNewer() {
  const got = await fragment(`?after=${id(newest())}`);
  if (got.moved) return () => replaceAll(got);
  return () => {
    const fresh = addAtEnd(got.items);
    edges.newer = got.newer;
    const over = known().length - MOST;
    if (over > 0) {
      known().slice(0, over).forEach((item) => item.remove());
      edges.older = true;
    }
    settle();
    return fresh;
  };
}

/** The end of the path, whatever was here. */
export async function showEnd() {
  return replaceAll(await fragment(""));
}

/** What came after the newest, as long as the end is here. Gives what was added. */
export async function catchUp() {
  if (edges.newer) return [];
  const last = newest();
  if (!last) return showEnd();
  return (await showNewer())();
}

/** Make the page what the server shows after `anchor` (an item that has not changed), or from its beginning on. */
export async function sync(anchor = null) {
  let from = anchor ?? oldest();
  if (!from) return showEnd();
  const added = [];
  for (;;) {
    const got = await fragment(`?after=${id(from)}`);
    if (got.moved) return replaceAll(got);
    let node = nextOf(from);
    let same = true;
    for (const item of got.items) {
      if (same && node && id(node) === id(item)) {
        if (unlike(node, item)) { node.replaceWith(item); node = item; }
        from = node;
        node = nextOf(node);
        continue;
      }
      if (same) dropFrom(node);
      same = false;
      from.after(item);
      from = item;
      added.push(item);
    }
    if (same && !got.newer) dropFrom(node);
    if (!same || !got.newer || !node) {
      edges.newer = got.newer;
      settle();
      return added;
    }
  }
}

function replaceAll(got) {
  const kept = new Set(got.items.map(id));
  const added = got.items.filter((item) => !find(id(item)));
  for (const item of known()) if (!kept.has(id(item))) item.remove();
  let before = null;
  for (const item of got.items) {
    const here = find(id(item)) ?? item;
    if (before) before.after(here);
    else log.prepend(here);
    before = here;
  }
  [edges.older, edges.newer] = [got.older, got.newer];
  settle();
  return added;
}

function nextOf(item) {
  let next = item.nextElementSibling;
  while (next && !next.matches(".message:not([data-sending], [data-refused])")) next = next.nextElementSibling;
  return next;
}

function dropFrom(node) {
  while (node) {
    const next = nextOf(node);
    node.remove();
    node = next;
  }
}

/** What was done to it has changed; its words never do. A reply that is live there was asked for before it ended here. */
function unlike(here, there) {
  if (here.hasAttribute("data-live") || there.hasAttribute("data-live") || here.contains(document.activeElement)) return false;
  const marks = (item) => [...$$(".mark, .versions span, .versions button", item)].map((one) => `${one.textContent}${one.value ?? ""}`).join("|");
  return marks(here) !== marks(there) || here.dataset.status !== there.dataset.status;
}
