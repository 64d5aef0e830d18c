// The screen of a wall: the time where it hangs, all of its surface, always on, no pointer, and nothing burnt into it.
(function () {
  "use strict";
  var POINTER = 3000;                  // ms after its last movement until it is hidden
  var SHIFT = 60000;                   // ms between two places of the picture
  var STEP = 2;                        // px, within the frame of wall.css; a picture that never moves burns in
  var PLACES = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1]];

  var root = document.documentElement, clock = document.getElementById("clock");
  var hiding = 0, wanted = false;

  function twoDigits(number) { return (number < 10 ? "0" : "") + number; }

  function tellTime() {
    var now = new Date(), time = twoDigits(now.getHours()) + ":" + twoDigits(now.getMinutes());
    if (!clock || clock.textContent === time) return;
    clock.textContent = time;
    clock.setAttribute("datetime", time);
  }

  function shift() {
    var place = PLACES[Math.floor(Date.now() / SHIFT) % PLACES.length];
    document.body.style.transform = "translate(" + place[0] * STEP + "px," + place[1] * STEP + "px)";
  }

  function hidePointer() { root.setAttribute("data-pointer", "hidden"); }
  function pointerMoved() {
    root.removeAttribute("data-pointer");
    clearTimeout(hiding);
    hiding = setTimeout(hidePointer, POINTER);
  }

  function fill() {
    var ask = root.requestFullscreen || root.webkitRequestFullscreen;
    if (document.fullscreenElement || document.webkitFullscreenElement || !ask) return;
    var asked = ask.call(root);
    if (asked && asked["catch"]) asked["catch"](function () {});   // not allowed here: it stays as it is
  }

  function typed(event) {
    if ((event.key === "f" || event.keyCode === 70) && !event.ctrlKey && !event.metaKey && !event.altKey) fill();
  }

  // The browser lets go of it whenever the page is hidden.
  function stayAwake() {
    if (document.hidden || !navigator.wakeLock || wanted) return;
    wanted = true;
    navigator.wakeLock.request("screen").then(function (lock) {
      lock.addEventListener("release", function () { wanted = false; });
    })["catch"](function () { wanted = false; });
  }

  tellTime();
  setInterval(tellTime, 1000);
  setInterval(shift, 1000);
  pointerMoved();
  stayAwake();
  document.addEventListener("mousemove", pointerMoved);
  document.addEventListener("visibilitychange", stayAwake);
  document.addEventListener("click", fill);
  document.addEventListener("keydown", typed);
})();
