// The link of an invitation, which is shown once.
import { $, copyText, toast, words } from "../ui.js";

const field = $("#link");
field?.addEventListener("focus", () => field.select());
$("[data-copy-link]")?.addEventListener("click", async () => {
  toast(words(await copyText(field.value) ? "copied" : "copy_failed"));
});
