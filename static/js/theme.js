/* Runs before the first paint, so that nothing flashes. The server knows what a signed-in reader prefers. */
(function (root) {
  root.dataset.js = "on";
  try {
    if ("signedIn" in root.dataset) localStorage.setItem("cognitia:theme", root.dataset.theme || "system");
    else {
      var theme = localStorage.getItem("cognitia:theme");
      if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    }
    if (localStorage.getItem("cognitia:pane") === "closed") root.dataset.pane = "closed";
  } catch (error) { /* storage is forbidden: the defaults will do */ }
})(document.documentElement);
