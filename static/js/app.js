// The shell: drawers, the profile pane, times, the list of chats. Each page's own script comes after it.
import { $, $$, store } from "./ui.js";
import { localTimes } from "./times.js";
import "./preferences.js";
import "./sidebar.js";

const isDrawer = (panel) => panel && getComputedStyle(panel).position === "fixed";
let open = null; // { panel, opener }

function closeDrawer() {
  if (!open) return;
  const { panel, opener } = open;
  open = null;
  panel.classList.remove("is-open");
  $("[data-scrim]").classList.remove("is-open");
  for (const other of $$(".main, .side, .pane")) other.inert = false;
  opener.setAttribute("aria-expanded", "false");
  opener.focus({ preventScroll: true });
}

function openDrawer(panel, opener) {
  closeDrawer();
  open = { panel, opener };
  panel.classList.add("is-open");
  $("[data-scrim]").classList.add("is-open");
  for (const other of $$(".main, .side, .pane")) other.inert = other !== panel;
  opener.setAttribute("aria-expanded", "true");
  $("[data-drawer-close]", panel).focus({ preventScroll: true });
}

function showPane(shown) {
  if (shown) delete document.documentElement.dataset.pane;
  else document.documentElement.dataset.pane = "closed";
  store.set("pane", shown ? null : "closed");
  $("[data-pane-toggle]")?.setAttribute("aria-expanded", String(shown));
}

for (const opener of $$("[data-drawer]")) {
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    openDrawer(document.getElementById(opener.dataset.drawer), opener);
  });
}
for (const closer of $$("[data-drawer-close]")) {
  closer.addEventListener("click", (event) => {
    event.preventDefault();
    if (open) closeDrawer();
    else if (closer.hasAttribute("data-pane-close")) {
      showPane(false);
      $("[data-pane-toggle]").focus({ preventScroll: true });
    }
  });
}
// What looks like a button must answer to Space like one.
for (const link of $$("a[role=button]")) {
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); link.click(); }
  });
}
$("[data-scrim]")?.addEventListener("click", closeDrawer);
$("[data-pane-toggle]")?.addEventListener("click", () => showPane(document.documentElement.dataset.pane === "closed"));
$("[data-pane-toggle]")?.setAttribute("aria-expanded", String(document.documentElement.dataset.pane !== "closed"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open && !$(":popover-open")) { event.preventDefault(); closeDrawer(); }
});
addEventListener("resize", () => { if (open && !isDrawer(open.panel)) closeDrawer(); });

// iOS does not resize the page for its keyboard: keep the shell above it there.
if (window.visualViewport && /iP(hone|ad|od)/.test(navigator.userAgent)) {
  const fit = () => {
    const keyboard = innerHeight - visualViewport.height - visualViewport.offsetTop;
    const app = $(".app");
    if (app) app.style.height = keyboard > 80 ? `${visualViewport.height}px` : "";
  };
  visualViewport.addEventListener("resize", fit);
  visualViewport.addEventListener("scroll", fit);
}

localTimes(document);
