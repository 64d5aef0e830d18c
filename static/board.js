// What htmx does not do for a live board: say how fresh it is, fall back to polling, animate, announce.
// The markup comes from the server only; this script swaps nothing but what htmx hands it.
(() => {
  "use strict";
  const TICK = 500;                    // ms; the only timer: every deadline below is looked at this often
  const STREAM_PATIENCE = 4000;        // ms a stream may take to say `connected` before it counts as withheld
  const POLL_GRACE = [1000, 2500];     // ms without a stream until the first poll; spread, as all lose it at once
  const POLL_INTERVAL = 3;             // s, unless the server asks for more with X-Poll-Interval
  const POLL_TIMEOUT = 5000;           // ms
  const RETRY_FIRST = 1000;            // ms; doubles per failure, with jitter
  const RETRY_MOST = 20000;            // ms
  const STEADY = 10000;                // ms a stream must last to forget earlier failures
  const ANNOUNCE_INTERVAL = 10000;     // ms between two messages to screen readers
  const REFRESH_INTERVAL = 60000;      // ms between two attempts to renew the login

  const line = document.getElementById("stream");
  if (!line) return;                   // nothing to follow yet; the watchdog looks again
  const badge = document.getElementById("connection");
  const announcer = document.getElementById("announcer");
  const viewer = document.body.dataset.viewer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const now = () => performance.now();
  const between = (low, high) => low + Math.random() * (high - low);
  const panels = () => [...document.querySelectorAll("section[data-version]")];
  const times = () => [...document.querySelectorAll("time.age")];
  const rowsOf = (panel) => [...panel.querySelectorAll("tr[data-user]")];

  // --- The stream: hx-sse holds it, we decide when it is tried again -------------------------------------------
  const stream = {
    phase: "idle",                     // idle → connecting → open → ready (it said `connected`) → idle
    connection: null,                  // hx-sse's own
    channels: new Set(),               // what it carries
    lostAt: now(), openedAt: 0, heardAt: 0, stallAfter: 0,
    retryAt: now() + 2000,             // htmx connects first; this is for when hx-sse was loaded too late for that
    failures: 0, renewAt: 0,
    suspect: false,                    // it went silent: not believed again before it says something late
    rotating: false,                   // it ends on purpose
  };
  const isTrusted = () => stream.phase === "ready" && !stream.suspect;
  const carries = (panel) => isTrusted() && stream.channels.has(panel.dataset.channel);

  const onLine = (name, handle) => line.addEventListener(name, (event) => event.target === line && handle(event));

  function streamOpened({ detail: { connection } }) {
    Object.assign(stream, { phase: "open", connection, openedAt: now(), heardAt: now(), stallAfter: STREAM_PATIENCE });
  }

  function streamHeard() {
    if (stream.phase === "ready" && now() - stream.openedAt > STREAM_PATIENCE) stream.suspect = false;
    stream.heardAt = health.checkedAt = now();
  }

  function streamConnected(event) {
    const { channels = [], auth, heartbeatSeconds } = JSON.parse(event.detail.data);
    stream.phase = "ready";
    stream.channels = new Set(channels);
    stream.stallAfter = heartbeatSeconds * 1200 + 1000;
    if (auth === "expired") renewLogin();
  }

  function streamLost() {
    if (stream.phase === "idle") return;
    const lasted = isTrusted() && now() - stream.openedAt > STEADY;
    stream.failures = lasted || stream.rotating ? 0 : stream.failures + 1;
    const asked = Math.max(RETRY_FIRST, stream.connection?.config.reconnectDelay ?? 0);   // the server's `retry:`
    const delay = stream.rotating ? between(100, 1000)
      : Math.min(Math.max(RETRY_MOST, asked), asked * 2 ** Math.max(0, stream.failures - 1)) * between(0.6, 1.2);
    if (isTrusted()) doubtStream(between(...POLL_GRACE));
    Object.assign(stream, { phase: "idle", connection: null, rotating: false, retryAt: now() + delay });
  }

  function hangUp() {
    stream.connection?.reader?.cancel();       // hx-sse then says `close`, and streamLost() takes it from there
  }

  function reconnectSoon() {
    stream.rotating = stream.phase !== "idle";
    stream.retryAt = now();
    hangUp();
  }

  function doubtStream(grace) {
    stream.lostAt = now();
    polling.dueAt = Math.max(polling.dueAt, now() + grace);
  }

  function watchStream() {
    const silent = now() - stream.heardAt;
    if (stream.phase === "idle" && now() >= stream.retryAt && document.readyState === "complete") {
      stream.retryAt = now() + RETRY_FIRST;
      htmx.process(line, true);                // its `htmx:before:request` moves us on
    } else if ((stream.phase === "open" || stream.phase === "ready") && silent > stream.stallAfter) {
      if (!stream.suspect) doubtStream(0);
      stream.suspect = true;
      hangUp();
    }
  }

  async function renewLogin() {
    if (now() < stream.renewAt) return;
    stream.renewAt = now() + REFRESH_INTERVAL;
    const answer = await fetch("/api/v1/auth/refresh", { method: "POST" }).catch(() => null);
    if (answer?.ok) reconnectSoon();           // else anonymous from here on; public boards go on
  }

  // --- Polling: the same fragments, only for boards that no stream carries -------------------------------------
  const polling = { dueAt: now() + between(...POLL_GRACE), interval: 0, running: false };
  const tags = new WeakMap();          // panel → its last ETag and the version that it names
  const asked = new WeakMap();         // panel → its version when it was last asked for
  const health = { checkedAt: now(), polledAt: 0, changedAt: 0, failing: false };

  async function pollWhatIsNotStreamed() {
    if (polling.running || now() < polling.dueAt || document.readyState !== "complete") return;
    const waiting = panels().filter((panel) => !carries(panel));
    if (!waiting.length) return;
    Object.assign(polling, { running: true, interval: POLL_INTERVAL });
    const good = await Promise.all(waiting.map(poll));
    if (health.failing && good.some(Boolean)) stream.retryAt = Math.min(stream.retryAt, now() + between(0, 2000));
    health.failing = !good.some(Boolean);
    Object.assign(polling, { running: false, dueAt: now() + polling.interval * 1000 * between(0.8, 1.2) });
  }

  async function poll(panel) {
    const { tag, version } = tags.get(panel) ?? {};
    const headers = tag && version === panel.dataset.version ? { "If-None-Match": tag } : {};
    let answer = null;
    const keep = ({ detail: { ctx } }) => { answer = ctx.response; };
    asked.set(panel, panel.dataset.version);
    panel.addEventListener("htmx:finally:request", keep, { once: true });
    const options = { source: panel, target: panel, swap: "outerMorph", headers, timeout: POLL_TIMEOUT };
    await htmx.ajax("GET", panel.dataset.poll, options).catch(() => {});
    return pollAnswered(panel, answer);
  }

  function pollAnswered(panel, answer) {
    if (!answer) return false;                 // no network
    const seconds = Number(answer.headers.get("X-Poll-Interval") || answer.headers.get("Retry-After")) || 0;
    polling.interval = Math.max(polling.interval, Math.min(seconds, 60));
    if (answer.status !== 200 && answer.status !== 304) return false;
    health.checkedAt = health.polledAt = now();
    const [tag, version] = [answer.headers.get("ETag"), panel.dataset.version];
    if (tag?.includes(version)) tags.set(panel, { tag, version });
    return true;
  }

  // --- One gate for both writers -------------------------------------------------------------------------------
  function isNews(panel, incoming, polled) {
    if (!panel?.dataset.version || incoming?.id !== panel.id || !incoming.dataset.version) return false;
    const [epoch, seq] = panel.dataset.version.split("-");
    const [newEpoch, newSeq] = incoming.dataset.version.split("-");
    if (epoch === newEpoch) return Number(newSeq) > Number(seq);
    // Epochs have no order: a polled answer counts only if the board did not move while it travelled.
    return !polled || asked.get(panel) === panel.dataset.version;
  }

  const before = [];                   // photographs of boards that are just being morphed
  function beforeSwap({ detail: { tasks, ctx } }) {
    const polled = ctx.sourceElement !== line;
    const fresh = tasks.filter(({ target, fragment }) => isNews(target, fragment.firstElementChild, polled));
    tasks.splice(0, tasks.length, ...fresh);
    before.push(...fresh.map(({ target }) => photograph(target)));
  }

  function afterSwap() {
    if (!before.length) return;
    health.changedAt = Date.now();
    for (const photo of before.splice(0)) {
      markOwnRow(photo.panel);
      announceChange(photo);
      animate(photo);
    }
    showAges();
  }

  function markOwnRow(panel) {
    for (const row of rowsOf(panel)) row.toggleAttribute("data-own", row.dataset.user === viewer);
  }

  // --- Movement ------------------------------------------------------------------------------------------------
  const topOf = (row) => row.getBoundingClientRect().top;
  const rankOf = (row) => Number(row.dataset.rank);
  const scoreOf = (row) => row.querySelector(".score").textContent;
  const seen = (top) => top > -100 && top < innerHeight;
  function photograph(panel) {
    const shot = (row) => [row.id, { top: topOf(row), rank: rankOf(row), score: scoreOf(row) }];
    const rows = new Map(rowsOf(panel).map(shot));
    return { panel, rows, leader: rowsOf(panel)[0]?.dataset.user, own: ownRank(panel) };
  }

  function animate({ panel, rows }) {
    if (calm.matches || document.hidden) return;
    const present = rowsOf(panel);
    for (const slid of present.flatMap((row) => row.getAnimations())) if (slid.id === "slide") slid.cancel();
    for (const [row, top] of present.map((row) => [row, topOf(row)])) {
      const past = rows.get(row.id);
      if (!seen(top) && !seen(past?.top)) continue;
      if (!past) slide(row, { opacity: 0 }, { opacity: 1 });
      else if (past.top !== top) glide(row, past.top - top);
      if (past && (rankOf(row) < past.rank || scoreOf(row) !== past.score)) glow(row);
    }
  }

  function slide(row, ...frames) {
    row.animate(frames, { duration: 480, easing: "cubic-bezier(.2,.8,.2,1)" }).id = "slide";
  }

  function glide(row, distance) {
    const zIndex = distance > 0 ? 2 : 1;       // who climbs passes in front
    slide(row, { transform: `translateY(${distance}px)`, zIndex }, { transform: "none", zIndex });
  }

  function glow(row) {
    const frames = [{ backgroundColor: "var(--glow)" }, {}];
    for (const cell of row.cells) cell.animate(frames, { duration: 1400, easing: "ease-out" });
  }

  // --- Words: for screen readers, and on the badge -------------------------------------------------------------
  const speech = { text: "", notBefore: 0 };
  const ownRank = (panel) => viewer && panel.querySelector(`tr[data-user="${CSS.escape(viewer)}"]`)?.dataset.rank;

  function announceChange({ panel, leader, own }) {
    const first = rowsOf(panel)[0];
    const title = panel.querySelector("h2").textContent.trim();
    const rank = ownRank(panel);
    if (rank !== own) speech.text = `${title}: you are ${rank ? `now on place ${rank}` : "no longer among those shown"}.`;
    else if (first && first.dataset.user !== leader)
      speech.text = `${title}: ${first.querySelector("bdi").textContent} leads with ${scoreOf(first)}.`;
  }

  function speak() {
    if (!speech.text || now() < speech.notBefore) return;
    announcer.textContent = speech.text;
    Object.assign(speech, { text: "", notBefore: now() + ANNOUNCE_INTERVAL });
  }

  function ageInWords(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const [size, unit] = [[86400, "d"], [3600, "h"], [60, "min"]].find(([size]) => seconds >= size) ?? [1, "s"];
    return `${Math.floor(seconds / size)} ${unit} ago`;
  }

  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  function showAges() {
    for (const time of times()) write(time, ageInWords(Date.now() - Date.parse(time.dateTime)));
  }

  function connectionState() {
    if (panels().every(carries)) return "live";
    if (health.failing || !navigator.onLine) return "offline";
    if (health.polledAt > stream.lostAt) return "polling";
    return now() - stream.lostAt < POLL_GRACE[0] ? badge.dataset.state : "connecting";
  }

  function showConnection() {
    const state = connectionState();
    if (state === "offline" && badge.dataset.state !== state) speech.text = "Connection lost: these scores may be old.";
    badge.dataset.state = state;
    write(badge.querySelector("b"), state);
    const age = state === "live" ? Date.now() - health.changedAt : now() - health.checkedAt;
    write(badge.querySelector("span"), state === "connecting" ? "" : `updated ${ageInWords(age)}`);
  }

  // --- Wiring --------------------------------------------------------------------------------------------------
  function tick() {
    if (!document.hidden) {
      watchStream();
      pollWhatIsNotStreamed();
    }
    showConnection();
    showAges();
    speak();
  }

  function visibilityChanged() {
    if (stream.phase !== "idle") stream.phase = "connecting";   // hx-sse drops a hidden tab's stream, then takes it up
    doubtStream(POLL_GRACE[1]);
    stream.heardAt = now();
  }

  onLine("htmx:before:request", () => { stream.phase = "connecting"; });
  onLine("htmx:sse:after:connection", streamOpened);
  onLine("htmx:sse:before:message", streamHeard);
  onLine("htmx:sse:close", streamLost);
  onLine("htmx:finally:request", () => { if (stream.phase === "connecting") streamLost(); });
  onLine("connected", streamConnected);
  onLine("stream.rotate", () => { stream.rotating = true; });
  onLine("busy", () => { stream.phase = "open"; });
  for (const name of ["auth.expiring", "auth.expired"]) onLine(name, renewLogin);
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", afterSwap);
  document.addEventListener("visibilitychange", visibilityChanged);
  window.addEventListener("online", () => { polling.dueAt = now(); reconnectSoon(); });

  health.changedAt = Math.max(0, ...times().map((time) => Date.parse(time.dateTime))) || Date.now();
  document.documentElement.dataset.alive = "";
  panels().forEach(markOwnRow);
  setInterval(tick, TICK);
  tick();
})();
