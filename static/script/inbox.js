// The inbox of /me while the page is open: when the stream tells something, the same fragment is asked for anew.
(() => {
  "use strict";
  const CHANNELS = "user:me:notifications,system";
  const TOLD = ["notification", "system.announcement", "maintenance.scheduled", "maintenance.ended", "history.truncated"];
  const RETRY = [5000, 15000];         // ms until what was refused is asked for again
  const SPREAD = 1000;                 // ms over which all who were told the same ask for it

  const inbox = document.getElementById("inbox");
  if (!inbox) return;                  // another page
  const between = (low, high) => low + Math.random() * (high - low);
  let stream = null, waiting = 0, failures = 0;

  // Whether there is anybody to listen for: unlike a stream, this also renews a login that has expired.
  async function refresh() {
    waiting = 0;
    const answer = await fetch("/me/inbox", { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.status === 401) return false;
    if (!answer?.ok) {
      waiting ||= setTimeout(refresh, between(...RETRY));
      return true;
    }
    inbox.innerHTML = await answer.text();
    const unread = Number(inbox.querySelector("[data-unread]").dataset.unread);
    for (const badge of document.querySelectorAll(".unread")) {
      badge.hidden = !unread;
      badge.firstChild.data = unread;
    }
    return true;
  }

  function soon() {
    waiting ||= setTimeout(refresh, between(0, SPREAD));
  }

  async function follow() {
    if (await refresh()) listen();
  }

  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource(`/api/v1/stream?channels=${CHANNELS}`);
    for (const type of TOLD) stream.addEventListener(type, soon);
    stream.addEventListener("connected", ({ data }) => {
      if (JSON.parse(data).auth === "user") failures = 0;
      else again();
    });
    stream.addEventListener("auth.expired", again);
    stream.onerror = () => {
      if (stream?.readyState === EventSource.CLOSED) again();   // else it comes back by itself
    };
  }

  function again() {
    hangUp();
    setTimeout(follow, failures++ ? between(...RETRY) : between(0, SPREAD));
  }

  function hangUp() {
    stream?.close();
    stream = null;
  }

  function visibilityChanged() {
    if (document.hidden) hangUp();     // a tab that nobody sees keeps no connection
    else follow();
  }

  document.addEventListener("visibilitychange", visibilityChanged);
  listen();
})();
