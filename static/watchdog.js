// For browsers too old to run site.js: written in ES5, it loads the page again when nothing came alive. It asks first:
// where nobody answers, the browser would put an error of its own in the page's place, and that never loads again.
// A page with fields is left as it is: somebody may be typing, and a form that was sent would be sent again.
(function () {
  var WAIT = 10000;                    // ms to come alive, until an answer, and until the next question

  function later() {
    setTimeout(look, WAIT);
  }

  function look() {
    var request = new XMLHttpRequest();
    if (document.documentElement.hasAttribute("data-alive")) return;
    request.open("HEAD", location.href);
    request.timeout = WAIT;
    request.onload = function () {
      if (request.status === 200) location.reload();
      else later();
    };
    request.onerror = request.ontimeout = later;
    request.send();
  }

  if (!document.querySelector("main input:not([type=hidden]), main select, main textarea")) later();
})();
