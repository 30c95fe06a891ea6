// All codes into the clipboard, one on each line.
import { $, $$, copyText, toast, words } from "../ui.js";

$("[data-copy-codes]")?.addEventListener("click", async () => {
  const codes = $$("[data-codes] li").map((item) => item.textContent.trim()).join("\n");
  toast(words((await copyText(codes)) ? "copied" : "copy_failed"));
});
