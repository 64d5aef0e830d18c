// Keeps the boards of a page fresh and says how old they may be: by the stream, and by polling what it does not carry.
// The markup comes from the server only; this script swaps nothing but what htmx hands it.
(() => {
  "use strict";
  const TICK = 500;                    // ms; every deadline is looked at this often
  const POLL_GRACE = [1000, 2500];     // ms that a stream has to come before the first poll
  const POLL_INTERVAL = 3;             // s, unless the server asks for more with X-Poll-Interval
  const POLL_TIMEOUT = 5000;           // ms
  const CHANGE_SPREAD = [0, 1000];     // ms over which all who heard of the same change ask for it
  const WAKE_PATIENCE = 3000;          // ms in which what an event woke must be asked for to be current all the time
  const WOKEN_INTERVAL = 15000;        // ms after which it is asked for even so: events do not tell all of it
  const ASLEEP = 10000;                // ms between two ticks of a machine that slept in between
  const WHY = { polling: "no live stream, asking every few seconds", offline: "trying again and again" };

  const { line } = stream;
  if (!line) return;                   // nothing to follow yet; the watchdog looks again
  const badge = document.getElementById("connection")
    ?? Object.assign(document.createElement("p"), { innerHTML: "<b></b><span></span>" });   // nobody sees this one
  const now = () => performance.now();         // for deadlines; ages are by the clock on the wall, which never sleeps
  const between = (low, high) => low + Math.random() * (high - low);
  const panels = () => [...document.querySelectorAll("section[data-poll]")];
  const times = () => [...document.querySelectorAll("time.age")];

  // --- Polling: the same fragments, only for boards that no stream carries -------------------------------------
  const polling = { dueAt: now() + between(...POLL_GRACE), interval: 0, running: false, failing: false };
  const polls = new WeakMap();         // panel → what its last poll asked for and found
  const wakes = [];                    // when events told that something changed which no frame brings
  const confirmed = new WeakMap();     // panel → when it was surely what the server had, by the clock on the wall

  // What no frame brings is current from the poll on that was sent after its stream began, until an event wakes it:
  // then it is for as long as it may take to ask again.
  const isWoken = (panel) => "woken" in panel.dataset;
  const askedAt = (panel) => polls.get(panel)?.goodSentAt ?? -Infinity;
  const wokenAt = (panel) => wakes.find((at) => at > askedAt(panel)) ?? Infinity;
  function isCurrent(panel) {
    if (!isWoken(panel)) return stream.carries(panel);
    return stream.isTrusted() && askedAt(panel) > stream.readyAt() && now() < wokenAt(panel) + WAKE_PATIENCE;
  }
  function isDue(panel) {
    return !isCurrent(panel) || (isWoken(panel) && (wokenAt(panel) < Infinity || now() > askedAt(panel) + WOKEN_INTERVAL));
  }

  async function pollWhatIsNotStreamed() {
    if (polling.running || now() < polling.dueAt) return;
    const waiting = panels().filter(isDue);
    if (!waiting.length) return;
    Object.assign(polling, { running: true, interval: POLL_INTERVAL });
    const good = await Promise.all(waiting.map(poll));
    if (polling.failing && good.some(Boolean)) stream.retryWithin(between(0, 2000));
    polling.failing = !good.some(Boolean);
    Object.assign(polling, { running: false, dueAt: now() + polling.interval * 1000 * between(0.8, 1.2) });
  }

  async function poll(panel) {
    const { tag, version, goodAt, goodSentAt } = polls.get(panel) ?? {};
    const asked = { tag, version, goodAt, goodSentAt, from: panel.dataset.version, sentAt: Date.now(), began: now() };
    polls.set(panel, asked);
    const headers = tag && version === asked.from ? { "If-None-Match": tag } : {};
    panel.addEventListener("htmx:finally:request", ({ detail }) => { asked.ctx = detail.ctx; }, { once: true });
    const options = { source: panel, target: panel, swap: "outerMorph ignoreTitle:true", headers, timeout: POLL_TIMEOUT };
    await htmx.ajax("GET", panel.dataset.poll, options).catch(() => {});
    return pollAnswered(panel, asked);
  }

  function pollAnswered(panel, asked) {
    const { response, isBoard } = asked.ctx ?? {};
    if (!response) return false;               // no network
    const { status, headers } = response;
    stream.delayOf(headers.get("Date"));
    const seconds = Number(headers.get("X-Poll-Interval") || headers.get("Retry-After")) || 0;
    polling.interval = Math.max(polling.interval, Math.min(seconds, 60));
    if (status !== 304 && !isBoard) return false;        // a 200 may be a proxy's own page
    confirm(panel, asked.sentAt);
    const [etag, shown] = [headers.get("ETag"), panel.dataset.version];
    Object.assign(asked, { goodAt: now(), goodSentAt: asked.began }, etag?.includes(shown) && { tag: etag, version: shown });
    return true;
  }

  function confirm(panel, at) {
    confirmed.set(panel, Math.max(at, confirmed.get(panel) ?? 0));
  }

  // What no frame brings has changed.
  function wake() {
    const first = Math.min(...panels().filter(isWoken).map(askedAt));
    wakes.splice(0, wakes.length, ...wakes.filter((at) => at > first), now());
    askSoon();
  }

  // --- One gate for both writers -------------------------------------------------------------------------------
  const incoming = ({ fragment }) => fragment.firstElementChild;
  // What is marked in another way comes from another build, and is left out.
  const isBoard = (task) => task.target?.dataset?.version && incoming(task)?.dataset.version
    && incoming(task).id === task.target.id;
  const toldBy = (panel) => panel.querySelector("time.age")?.dateTime;

  function isNews(task, isPolled) {
    const [epoch, seq] = task.target.dataset.version.split("-");
    const [newEpoch, newSeq] = incoming(task).dataset.version.split("-");
    if (epoch === newEpoch) return Number(newSeq) > Number(seq);
    // Epochs have no order: a polled answer counts only if the board did not move while it travelled.
    return !isPolled || polls.get(task.target)?.from === task.target.dataset.version;
  }

  // A frame that builds on another version leaves out the rows that are as they were: those are taken from the page.
  // False where the page shows another version than that one.
  function complete({ target, fragment }) {
    const panel = fragment.firstElementChild;
    if (panel.dataset.since === undefined) return true;
    if (panel.dataset.since !== target.dataset.version) return false;
    for (const list of panel.querySelectorAll("[data-rows]")) {
      const rows = [...(target.querySelector("[data-rows]")?.children ?? [])].map((row) => row.cloneNode(true));
      const places = list.dataset.rows.split(" ").filter(Boolean);
      [...list.children].forEach((row, index) => { rows[places[index] - 1] = row; });
      list.replaceChildren(...rows);
      list.dataset.rows = "";
    }
    delete panel.dataset.since;
    return true;
  }

  function askSoon() {
    polling.dueAt = Math.min(polling.dueAt, now() + between(...CHANGE_SPREAD));
  }

  // An entry of a feed comes by itself, on top, unless a poll was quicker.
  const isStory = (task) => task.target?.dataset?.stories !== undefined && incoming(task)?.id;
  function tellStory(task) {
    const isNew = !document.getElementById(incoming(task).id);
    if (isNew) task.target.parentElement.querySelector(".nothing")?.remove();
    return isNew;
  }

  function beforeSwap({ detail: { tasks, ctx } }) {
    const isPolled = ctx.sourceElement !== line;
    const boards = tasks.filter(isBoard);
    const stories = tasks.filter(isStory);
    const newer = boards.filter((task) => isNews(task, isPolled));
    const incomplete = newer.filter((task) => !complete(task));
    const news = [...newer, ...stories.filter(tellStory)].filter((task) => !incomplete.includes(task));
    ctx.isBoard = boards.length > 0;
    if (!isPolled) for (const task of boards) boardStreamed(task, !incomplete.includes(task));
    if (incomplete.length) askSoon();
    if (news.length) changedAt = Date.now();
    tasks.splice(0, tasks.length, ...news);
  }

  function boardStreamed(task, isWhole) {
    const told = toldBy(incoming(task));
    const { channel, version } = incoming(task).dataset;
    stream.brought(channel, version, told === toldBy(task.target) ? undefined : told);
    if (isWhole && stream.isTrusted()) confirm(task.target, Date.now());
  }

  // --- How old it is -------------------------------------------------------------------------------------------
  const { type, requestStart = 0 } = performance.getEntriesByType("navigation")[0] ?? {};
  const newest = Math.max(0, ...times().map((time) => Date.parse(time.dateTime)));
  // the way back leads to pages as they were
  const paintedAt = (type === "back_forward" && newest) || performance.timeOrigin + requestStart;
  let changedAt = newest || paintedAt;

  function ageInWords(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    const [size, unit] = [[86400, "d"], [3600, "h"], [60, "min"]].find(([size]) => seconds >= size) ?? [1, "s"];
    return `${Math.floor(seconds / size)} ${unit} ago`;
  }

  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  function showAges() {
    for (const time of times()) write(time, ageInWords(Date.now() - Date.parse(time.dateTime)));
  }

  // A page with nothing to poll has but its stream.
  function streamState() {
    if (stream.isTrusted() || stream.isBelieved()) return "live";
    return navigator.onLine ? "connecting" : "offline";
  }

  function connectionState(waiting) {
    if (!panels().length) return streamState();
    if (!waiting.length || (stream.isBelieved() && badge.dataset.state === "live")) return "live";
    if (polling.failing) return "offline";
    return waiting.every((panel) => polls.get(panel)?.goodAt > stream.lostAt()) ? "polling" : "connecting";
  }

  function showConnection() {
    const waiting = panels().filter((panel) => !isCurrent(panel));
    const state = connectionState(waiting);
    if (state === "live") polling.failing = false;
    if (state === "offline" && badge.dataset.state !== state) document.dispatchEvent(new Event("board:offline"));
    badge.dataset.state = document.documentElement.dataset.connection = state;
    badge.title = WHY[state] ?? "";
    write(badge.querySelector("b"), state);
    if (!panels().length) return;
    const since = state === "live" ? changedAt : Math.min(...waiting.map((panel) => confirmed.get(panel) ?? paintedAt));
    write(badge.querySelector("span"), `updated ${ageInWords(Date.now() - since)}`);
  }

  // --- Wiring --------------------------------------------------------------------------------------------------
  let tickedAt = Date.now();
  function tick() {
    if (Date.now() - tickedAt > ASLEEP && !document.hidden) stream.startOver();
    tickedAt = Date.now();
    if (!document.hidden) {
      stream.watch();
      pollWhatIsNotStreamed();
    }
    showConnection();
    showAges();
  }

  function visibilityChanged() {
    if (document.hidden) return stream.hangUp();         // a tab that nobody sees keeps no connection
    stream.startOver();
    tickedAt = Date.now();
    tick();
  }

  function online() {
    stream.startOver();
    polling.dueAt = now();
    tick();
  }

  function begin() {
    if (!window.htmx) return;                  // the watchdog loads the page again
    document.documentElement.dataset.alive = "";
    stream.retryWithin(0);
    setInterval(tick, TICK);
    tick();
  }

  line.addEventListener("stream:heard", () => {
    for (const panel of panels().filter(stream.carries)) confirm(panel, Date.now());
  });
  line.addEventListener("stream:doubted", ({ detail: pollAfter }) => {
    polling.dueAt = Math.max(polling.dueAt, now() + pollAfter);
  });
  for (const told of ["stream:changed", "history.truncated"]) line.addEventListener(told, wake);
  line.addEventListener("connected", () => { if (panels().some(isWoken)) askSoon(); });
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", showAges);
  document.addEventListener("visibilitychange", visibilityChanged);
  document.addEventListener("DOMContentLoaded", () => setTimeout(begin));   // all scripts have run by then
  window.addEventListener("online", online);
})();
