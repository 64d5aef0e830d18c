// Nobody stands beside a wall: a page that works must never be left for one that may not come. So whatever is loaded
// is asked for first, with the styles and scripts that it names; these are then in the browser's cache.
// All of a wall's own script is ES5: the televisions that it runs on are older than the browsers of people.
var asking = (function () {
  "use strict";
  var PATIENCE = 10000;                // ms for one answer
  var RETRY_FIRST = 2000;              // ms; doubles per failure, with jitter
  var RETRY_MOST = 60000;              // ms
  var PARTS = /(?:href|src)="(\/static\/[^"]+\.(?:css|js))"/g;

  var failures = 0, notBefore = 0, busy = false;

  // Only what is kept for ever is of the build that the page names; another process would give its own.
  function isGood(request, lasting) {
    return request.status === 200 && (!lasting || /immutable/.test(request.getResponseHeader("Cache-Control")));
  }

  function get(address, lasting, done) {
    var request = new XMLHttpRequest();
    request.open("GET", address);
    request.timeout = PATIENCE;
    request.setRequestHeader("Accept", "text/html,*/*");
    request.onload = function () { done(isGood(request, lasting) ? request.responseText : null); };
    request.onerror = request.ontimeout = function () { done(null); };
    request.send();
  }

  function partsOf(page) {
    var parts = [], found;
    PARTS.lastIndex = 0;
    while ((found = PARTS.exec(page))) parts.push(found[1]);
    return parts;
  }

  function getAll(addresses, done) {
    var left = addresses.length, whole = true;
    if (!left) done(true);
    addresses.forEach(function (address) {
      get(address, true, function (content) {
        whole = whole && content !== null;
        if (--left === 0) done(whole);
      });
    });
  }

  function answered(page, done) {
    busy = false;
    failures = page === null ? failures + 1 : 0;
    notBefore = page === null ? Date.now() + Math.min(RETRY_MOST, RETRY_FIRST * Math.pow(2, failures - 1)) * (0.6 + 0.6 * Math.random()) : 0;
    done(page);
  }

  // `done` is told the page, or null where it, or a part of it, cannot be had. False: it is not time to ask.
  function ask(address, done) {
    if (busy || Date.now() < notBefore) return false;
    busy = true;
    get(address, false, function (page) {
      if (page === null || page.indexOf('id="turns"') < 0) return answered(null, done);   // not ours: a proxy's own page
      getAll(partsOf(page), function (whole) { answered(whole ? page : null, done); });
    });
    return true;
  }

  function go(address) {
    return ask(address, function (page) { if (page !== null) location.replace(address); });
  }

  return { ask: ask, go: go };
})();
