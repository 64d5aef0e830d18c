// The inbox of /me while the page is open: when the stream tells something, the same fragment is asked for anew.
(() => {
  "use strict";
  const CHANNELS = "user:me:notifications,system";
  const RETRY = [5000, 15000];         // ms until a stream that was refused is tried again
  const SPREAD = 1000;                 // ms over which all who were told the same ask for it

  const inbox = document.getElementById("inbox");
  const between = (low, high) => low + Math.random() * (high - low);
  let stream = null, waiting = 0;

  async function refresh() {
    waiting = 0;
    const answer = await fetch("/me/inbox", { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    inbox.innerHTML = await answer.text();
    const unread = Number(inbox.querySelector("[data-unread]").dataset.unread);
    for (const badge of document.querySelectorAll(".unread")) {
      badge.hidden = !unread;
      badge.firstChild.data = unread;
    }
  }

  function soon() {
    waiting ||= setTimeout(refresh, between(0, SPREAD));
  }

  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource(`/api/v1/stream?channels=${CHANNELS}`);
    for (const type of ["notification", "system.announcement", "history.truncated"]) stream.addEventListener(type, soon);
    stream.onerror = () => {
      if (stream?.readyState !== EventSource.CLOSED) return;   // it comes back by itself
      stream = null;
      setTimeout(listen, between(...RETRY));
    };
  }

  function visibilityChanged() {
    if (!document.hidden) {
      soon();
      return listen();
    }
    stream?.close();                   // a tab that nobody sees keeps no connection
    stream = null;
  }

  document.addEventListener("visibilitychange", visibilityChanged);
  listen();
})();
