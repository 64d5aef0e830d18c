// What a page does when its login runs out while it is open: renews it, or says that it is over and goes on for anybody.
// Of tabs that share a stream the one that holds it renews; the others follow it into the next.
(() => {
  "use strict";
  const LEAVING = 1000;                // ms; who has just logged out here is leaving this page
  const FRESH = 10000;                 // ms in which a login that was renewed cannot have run out again

  const { line } = stream;
  const { viewer } = document.body.dataset;
  if (!line || !viewer) return;
  let knownAt = -Infinity, renewedAt = -Infinity, renewing = false, over = false;
  const now = () => performance.now();

  async function renew() {
    if (renewing || over) return;
    if (now() - renewedAt < FRESH) return sayItIsOver();
    renewing = true;
    const answer = await fetch("/api/v1/auth/refresh", { method: "POST" }).catch(() => null);
    renewing = false;
    if (answer?.ok) renewedAt = now();
    if (answer?.ok) stream.reconnect();
    else if ([400, 401, 403].includes(answer?.status)) sayItIsOver();
    // else the stream is tried again, and this with it
  }

  function sayItIsOver() {
    if (over) return;
    over = true;
    note("You have been logged out.", "Log in", `/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    stream.goOnWithoutLogin();
  }

  // What they are told is not for a page of somebody else's.
  function leaveThemAlone() {
    note("Somebody else has logged in here.", "Reload", "");
    stream.goOnWithoutLogin();
  }

  // The cookies are those of the browser: in another tab somebody else may have logged in.
  function connected({ detail }) {
    const { auth, channels } = JSON.parse(detail.data);
    const own = channels.filter((channel) => /^user:.*:notifications$/.test(channel));
    if (auth === "expired" && seats.leads()) renew();
    if (auth === "anonymous") sayItIsOver();
    if (auth !== "user") return;
    knownAt = now();
    if (own.length && !own.includes(`user:${viewer}:notifications`)) leaveThemAlone();
  }

  function expired() {
    const heardAt = now();
    if (seats.leads()) setTimeout(() => { if (knownAt < heardAt) renew(); }, LEAVING);
  }

  line.addEventListener("connected", connected);
  line.addEventListener("auth.expiring", () => { if (seats.leads()) renew(); });
  line.addEventListener("auth.expired", expired);
  line.addEventListener("stream:refused", ({ detail: status }) => { if (status === 401) renew(); });
})();
