// Why the line is down, what waits for it, and what can be done.
import { $, words } from "../ui.js";

const banner = $("[data-net]");
const SENTENCES = { lost: "connection_lost", offline: "offline", restarting: "restarting", "signed-out": "signed_out", gone: "chat_gone" };
let hiding = 0;

function show(sentence, tone) {
  clearTimeout(hiding);
  banner.hidden = false;
  banner.dataset.tone = tone;
  $("[data-net-text]").textContent = sentence;
}

export function sayState(state, { waiting, name }) {
  const ended = state === "signed-out" || state === "gone";
  $("[data-net-retry]").hidden = ended || state === "restored";
  $("[data-net-sign-in]").hidden = state !== "signed-out";
  if (state === "restored") {
    show(words("back", { name }), "ok");
    hiding = setTimeout(() => { banner.hidden = true; }, 2500);
  } else if (state in SENTENCES) {
    const queue = waiting ? ` ${words(waiting === 1 ? "waiting_one" : "waiting_many", { n: waiting })}` : "";
    show(words(SENTENCES[state]) + queue, ended ? "danger" : "warn");
  } else banner.hidden = true;
}
