// What this reader prefers: applied at once, kept on the server, mirrored here so that the next page starts right.
import { $, $$, announce, post, store, toast, words } from "./ui.js";

const form = $("[data-preferences]");
const box = (name) => form && $(`[type=checkbox][name=${name}]`, form);

export const sendOnEnter = () => Boolean(box("send_on_enter")?.checked);

function apply() {
  const root = document.documentElement;
  const theme = $("[name=theme]:checked", form).value;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  if (box("show_thinking").checked) delete root.dataset.thinking;
  else root.dataset.thinking = "hide";
  store.set("theme", theme);
  store.set("showThinking", String(box("show_thinking").checked));
  store.set("sendOnEnter", String(sendOnEnter()));
  document.dispatchEvent(new CustomEvent("preferences"));
}

async function save() {
  apply();
  try {
    const answer = await post(form.action, new FormData(form));
    if (!answer.ok) toast(words("not_saved"));
  } catch {
    toast(words("not_saved"));
  }
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

if (form) {
  form.addEventListener("change", save);
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  for (const button of $$("[data-theme-switch]")) {
    button.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      $(`[name=theme][value=${next}]`, form).checked = true;
      save();
      announce(words(`theme_${next}`));
    });
  }
}
