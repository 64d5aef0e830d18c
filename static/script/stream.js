// The one stream of a page: hx-sse reads it, itself or through another tab (relay.js); here is decided when it is tried,
// and whether it is believed.
// It is doubted when it ends, when it says nothing for longer than its heartbeat allows, and when what it says left the
// server long ago: proxies cut streams off, freeze them, and let them go in pieces.
const stream = (() => {
  "use strict";
  const CONNECT_PATIENCE = 12000;      // ms; htmx gives up after ten
  const PATIENCE = 4000;               // ms a stream may take to say `connected` before it counts as withheld
  const LATE = 3000;                   // ms on the way after which what it says counts as held back …
  const LATE_MEMORY = 20000;           // ms … and for which that is remembered: longer than a heartbeat may take
  const GOODBYE = 1000;                // ms in which a stream that ended may come back before anybody is told
  const POLL_GRACE = [1000, 2500];     // ms from its end until the first poll; spread, as all lose it at once
  const RETRY_FIRST = 1000;            // ms; doubles per failure, with jitter
  const RETRY_MOST = 20000;            // ms
  const HANDED_OVER = [50, 500];       // ms until a stream that ended on purpose is tried anew; spread
  const SEAT_INTERVAL = 5000;          // ms between two questions whether other tabs left room for a stream
  const STEADY = 10000;                // ms a stream must last to forget earlier failures …
  const FEW = 2;                       // … but where it came at all, not more than these are held against it
  const TIMES_KEPT = 20;               // differences of the clocks: a clock that was set is forgotten by then

  const line = document.getElementById("stream");
  const now = () => performance.now();
  const between = (low, high) => low + Math.random() * (high - low);

  let phase = "idle";                  // idle → asking (for a seat) → connecting → open → ready (`connected`) → idle
  let connection = null;               // hx-sse's own
  const reached = new Map();           // channel → the version of its board that it has come to
  let place = "";                      // whether it leads, or follows the stream of another tab
  let suspect = false;                 // it went silent or came late: not believed before it says something in time
  let rotating = false;                // it ends on purpose
  let openedAt = 0, readyAt = 0, heardAt = 0, stallAfter = 0, lostAt = 0;
  let believedUntil = 0, lateAt = -Infinity, retryAt = Infinity;
  let failures = 0;

  const isTrusted = () => phase === "ready" && !suspect;
  const tell = (name, detail) => line.dispatchEvent(new CustomEvent(name, { detail }));

  // --- Its life ------------------------------------------------------------------------------------------------
  const address = () => line.getAttribute("data-hx-sse:connect");
  const isWanted = () => /[?&]channels=[^&]/.test(address());
  // A page of another build may read markup differently, and another viewer is told other things.
  const key = () => [document.documentElement.dataset.build, document.body.dataset.viewer, address()].join(" ");

  async function connect() {
    phase = "asking";
    place = await seats.ask(key());
    if (place !== "waits" && !document.hidden) {
      [phase, heardAt, stallAfter] = ["connecting", now(), CONNECT_PATIENCE];
      htmx.process(line, true);                // hx-sse may have come too late to see it
      htmx.trigger(line, "follow");            // now it connects
    } else {
      seats.leave(true);
      [phase, retryAt] = ["idle", now() + (place === "waits" ? SEAT_INTERVAL * between(0.8, 1.2) : 0)];
    }
  }

  function requested({ detail: { ctx } }) {
    const leads = place === "leads";
    ctx.fetch = (url, request) => (leads ? relay.lead(address(), request) : relay.follow(key(), request.signal));
  }

  function opened({ detail }) {
    connection = detail.connection;
    [phase, openedAt, heardAt, stallAfter] = ["open", now(), now(), PATIENCE];
    reached.clear();
  }

  function heard() {
    heardAt = now();
    if (phase === "ready" && now() > Math.max(openedAt + PATIENCE, lateAt + LATE_MEMORY)) suspect = false;
    if (isTrusted()) tell("stream:heard");
  }

  function connected({ detail }) {
    const { heartbeatSeconds, timestamp } = JSON.parse(detail.data);
    [phase, readyAt, stallAfter] = ["ready", now(), heartbeatSeconds * 1200 + 1000];
    judge(timestamp);
  }

  function ended() {
    if (phase === "idle") return;
    seats.leave(rotating);
    const lived = isTrusted() ? now() - openedAt : 0;
    failures = rotating || lived > STEADY ? 0 : (lived ? Math.min(failures, FEW) : failures) + 1;
    const asked = Math.max(RETRY_FIRST, connection?.config.reconnectDelay ?? 0);   // the server's `retry:`
    const delay = rotating ? between(...HANDED_OVER)
      : Math.min(Math.max(RETRY_MOST, asked), asked * 2 ** Math.max(0, failures - 1)) * between(0.6, 1.2);
    if (isTrusted()) doubt(GOODBYE, between(...POLL_GRACE));
    [phase, connection, rotating, retryAt] = ["idle", null, false, now() + delay];
  }

  function answered({ detail: { ctx } }) {
    if (phase !== "connecting") return;
    ended();
    if (ctx.response) tell("stream:refused", ctx.response.status);
  }

  function hangUp() {
    rotating = connection !== null;
    if (rotating) seats.leave(true);           // at once: a page that is left may never hear how it ends
    if (phase === "connecting") htmx.trigger(line, "htmx:abort");
    connection?.reader?.cancel();              // hx-sse then says `close`, and ended() takes it from there
  }

  // --- Doubt ---------------------------------------------------------------------------------------------------
  function doubt(belief, pollAfter) {
    [lostAt, believedUntil] = [now(), now() + belief];
    tell("stream:doubted", pollAfter);
  }

  function suspectIt() {
    if (isTrusted()) doubt(0, 0);
    suspect = true;
  }

  // Our clock is ahead of the server's by the least of these differences at the most: the rest was spent on the way.
  const differences = [];              // ms between the last few times that the server told and their arrival
  function delayOf(told) {
    const difference = Date.now() - Date.parse(told);
    if (Number.isNaN(difference)) return 0;
    differences.push(difference);
    if (differences.length > TIMES_KEPT) differences.shift();
    return difference - Math.min(...differences);
  }

  // Once may be our own fault, we were busy; twice is not. What arrives together was late together.
  function judge(told) {
    if (delayOf(told) < LATE || now() - lateAt < LATE) return;
    if (now() - lateAt < LATE_MEMORY) suspectIt();
    lateAt = now();
  }

  // --- What others may know and do -----------------------------------------------------------------------------
  // A frame brought a board. `told`: when it became so, where the frame says it as news.
  function brought(channel, version, told) {
    if (reached.has(channel)) judge(told);     // the first may tell what is long known
    if (phase === "ready") reached.set(channel, version);
  }

  // The page shows what the stream has come to, or what it is about to tell.
  function shows({ dataset: { channel, version } }) {
    const told = reached.get(channel);
    const [[epoch, seq], [toldEpoch, toldSeq]] = [version, told ?? ""].map((name) => name.split("-"));
    return version === told || (epoch === toldEpoch && Number(seq) > Number(toldSeq));
  }

  // Private channels are given up: nobody is logged in any more.
  function goOnWithoutLogin() {
    const url = new URL(address(), location);
    const open = url.searchParams.get("channels").split(",").filter((channel) => !channel.startsWith("user:"));
    url.searchParams.set("channels", open);
    line.setAttribute("data-hx-sse:connect", url.pathname + url.search);
    reconnect();
  }

  function watch() {
    if (phase === "idle") {
      if (now() >= retryAt && isWanted()) connect();
    } else if (phase !== "asking" && now() - heardAt > stallAfter) {
      suspectIt();
      seats.leave(false);
      hangUp();
      rotating = false;
      if (phase === "connecting") ended();     // hx-sse itself is missing
    }
  }

  function reconnect() {
    retryAt = now();
    hangUp();
  }

  // Nothing is believed any more before it is heard again, and what the clocks said is forgotten.
  function startOver() {
    differences.length = 0;
    [suspect, failures, lateAt] = [false, 0, -Infinity];
    reached.clear();
    doubt(0, POLL_GRACE[0]);
    reconnect();
  }

  if (line) {
    const on = (name, handle) => line.addEventListener(name, (event) => event.target === line && handle(event));
    on("htmx:config:request", requested);
    on("htmx:sse:after:connection", opened);
    on("htmx:sse:before:message", heard);
    on("htmx:sse:close", ended);
    on("htmx:finally:request", answered);
    on("connected", connected);
    on("stream.reached", ({ detail }) => {
      for (const [channel, version] of Object.entries(JSON.parse(detail.data))) reached.set(channel, version);
    });
    on("heartbeat", ({ detail }) => judge(JSON.parse(detail.data).timestamp));
    on("stream.rotate", () => { rotating = true; });
    on("busy", () => { phase = "open"; });
    window.addEventListener("offline", suspectIt);       // until it says something
    window.addEventListener("pagehide", () => seats.leave(true));
    seats.whenLost(hangUp);
  }

  return {
    line, brought, delayOf, goOnWithoutLogin, hangUp, isTrusted, reconnect, startOver, watch,
    carries: (panel) => isTrusted() && shows(panel),
    isBelieved: () => now() < believedUntil,
    lostAt: () => lostAt,
    readyAt: () => readyAt,
    retryWithin: (ms) => { retryAt = Math.min(retryAt, now() + ms); },
  };
})();
