// What a wall shows next. The boards of a rotation are all in the page and need nobody; screens of a long list are
// loaded one after the other. Where site.js is not understood, what is shown is asked for anew every few seconds.
(function () {
  "use strict";
  var TICK = 500;                      // ms; every deadline is looked at this often
  var COMES_ALIVE = 10000;             // ms that site.js may take
  var REFRESH = 10000;                 // ms between two looks where nothing streams
  var OUTGROWN = 300000;               // ms between two looks whether a list still has as many screens
  var RECOVER = 3600000;               // ms after which a page that did not come alive is loaded again: that may have been the network
  var NIGHT = 28;                      // o'clock, from today's midnight on: once a day a wall begins with an empty memory …
  var NIGHT_SPREAD = 3600000;          // ms … and not all walls at once
  var ALL_AT_ONCE = 5000;              // ms over which the walls of one server load its new version

  var root = document.documentElement, turns = document.getElementById("turns"), stream = document.getElementById("stream");
  if (!turns) return;
  var build = root.getAttribute("data-build"), loadedAt = Date.now(), lookedAt = loadedAt, refreshedAt = loadedAt;
  var turnAt = loadedAt + pause(), renewAt = firstNight();

  function pause() { return Number(turns.getAttribute("data-seconds")) * 1000; }
  function isAlive() { return root.hasAttribute("data-alive"); }
  function screens() { return [].slice.call(turns.querySelectorAll(".turn")); }

  function firstNight() {
    var moment = new Date();
    moment.setHours(NIGHT, 0, 0, 0);
    return moment.getTime() + Math.random() * NIGHT_SPREAD;
  }

  // --- The boards of a rotation ------------------------------------------------------------------------------------
  function show(screen) {
    var title = screen.getAttribute("data-title");
    screens().forEach(function (other) { other.hidden = other !== screen; });
    document.getElementById("wall-title").textContent = title;
    document.title = title + document.title.slice(document.title.lastIndexOf(" · "));
    history.replaceState(null, "", screen.getAttribute("data-url"));
  }

  function turn(all) {
    var now = all.filter(function (screen) { return !screen.hidden; })[0], once = now.hasAttribute("data-once");
    var next = all[(all.indexOf(now) + 1) % all.length];
    if (once) now.parentNode.removeChild(now);
    show(next);
    turnAt = Date.now() + pause();
  }

  // --- The screens of a long list ----------------------------------------------------------------------------------
  function read(page) { return new DOMParser().parseFromString(page, "text/html"); }

  // What a page says, put into this one; a page of another version is loaded whole.
  function take(page, address) {
    var fresh = read(page), inside = fresh.getElementById("turns");
    if (fresh.documentElement.getAttribute("data-build") !== build) return location.replace(address);
    turns.innerHTML = inside.innerHTML;
    if (inside.hasAttribute("data-next")) turns.setAttribute("data-next", inside.getAttribute("data-next"));
    else turns.removeAttribute("data-next");
    history.replaceState(null, "", address);
    refreshedAt = Date.now();
  }

  function takeIfThere(address) {
    return function (page) {
      if (page !== null) take(page, address);
      tellAge(page === null ? "offline" : "polling");
    };
  }

  function load(address) {
    if (isAlive()) return asking.go(address);
    if (asking.ask(address, takeIfThere(address))) turnAt = Date.now() + pause();
  }

  function look() {
    lookedAt = Date.now();
    asking.ask(location.href, function (page) {
      var next = page && read(page).getElementById("turns").getAttribute("data-next");
      if (page && next !== turns.getAttribute("data-next")) location.replace(location.href);
    });
  }

  // --- Without site.js: the badge says how old it is ---------------------------------------------------------------
  function tellAge(state) {
    var badge = document.getElementById("connection"), time = new Date(refreshedAt).toTimeString().slice(0, 5);
    if (!badge || isAlive()) return;
    badge.setAttribute("data-state", state);
    badge.querySelector("b").textContent = state;
    badge.querySelector("span").textContent = "updated " + time;
  }

  // A board keeps its turn: the address of the page is that of the one which is shown.
  function refresh() {
    if (Date.now() - loadedAt > RECOVER) asking.go(location.href);
    else asking.ask(location.href, takeIfThere(location.href));
  }

  function tick() {
    var now = Date.now(), all = screens(), next = turns.getAttribute("data-next");
    if (now >= turnAt && all.length > 1) turn(all);
    if (now >= turnAt && !all.length && next) load(next);
    if (now >= renewAt) asking.go(location.href);
    if (isAlive() && !all.length && now - lookedAt > OUTGROWN) look();
    if (!isAlive() && now - loadedAt > COMES_ALIVE && now - refreshedAt > REFRESH) refresh();
  }

  if (stream) stream.addEventListener("stream:outdated", function () {
    renewAt = Math.min(renewAt, Date.now() + Math.random() * ALL_AT_ONCE);
  });
  setInterval(tick, TICK);
})();
