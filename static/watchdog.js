// For browsers too old to run site.js: written in ES5, it reloads the page when nothing came alive.
setTimeout(function () {
  if (!document.documentElement.hasAttribute("data-alive")) location.reload();
}, 10000);
