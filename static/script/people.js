// People: what makes a player's page look again, whether they are here, whose lane it is, and runs that begin meanwhile.
// What is swapped in, and when, is connection.js' affair.
(() => {
  "use strict";
  const LIST_INTERVAL = 3000;          // ms between two looks whether runs have begun; how each goes comes by the stream
  const HERE_INTERVAL = 20000;         // ms; as long as people count as here after they left
  const KEPT_STORIES = 200;            // entries of a feed that stays open: more nobody scrolls back through

  const { line } = stream;
  if (!line) return;                   // nothing to follow yet; the watchdog looks again
  const viewer = document.body.dataset.viewer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // --- A player --------------------------------------------------------------------------------------------------
  const NEWS = ["session_completed", "rank_improved", "achievement", "high_score", "new_leader"]
    .map((kind) => `activity.${kind}`).concat("session.started", "session.ended");
  const profile = document.querySelector(".profile-parts");

  function heardOfThem({ detail }) {
    const { userId = profile.dataset.player } = JSON.parse(detail.data);
    if (userId === profile.dataset.player) wake();
  }

  const here = document.querySelector("[data-here]");
  async function lookWhetherHere() {
    if (document.hidden) return;
    const answer = await fetch(`/api/v1/presence?users=${here.dataset.here}`).catch(() => null);
    if (!answer?.ok) return;           // it stays as it was
    const { status, lastSeen } = (await answer.json()).data.users[0];
    const isHere = status === "online";
    if (isHere === here.classList.contains("now")) return;
    here.classList.toggle("now", isHere);
    here.textContent = isHere ? "Here now" : lastSeen ? "Last here " : "Not here at the moment";
    if (isHere || !lastSeen) return;
    here.append(Object.assign(document.createElement("time"), { className: "age", dateTime: lastSeen }));
  }

  if (profile) for (const type of NEWS) line.addEventListener(type, heardOfThem);
  if (here) setInterval(lookWhetherHere, HERE_INTERVAL);

  // --- Live runs -------------------------------------------------------------------------------------------------
  const runs = document.getElementById("runs");
  const lanes = () => [...document.querySelectorAll(".lane[data-channel]")];
  const heard = new Set(lanes().map((lane) => lane.dataset.channel));    // those in the address of the stream
  let session = null;                  // the stream's own, by which channels are added to it

  // Runs that began after the page was painted are heard, too; those that are gone are not.
  async function follow() {
    const wanted = new Set(lanes().map((lane) => lane.dataset.channel));
    const fresh = [...wanted].filter((channel) => !heard.has(channel));
    const gone = [...heard].filter((channel) => !wanted.has(channel));
    if (!session) return;
    for (const channel of gone) heard.delete(channel);
    for (const channel of fresh) heard.add(channel);
    if (gone.length) await change("unsubscribe", gone);
    if (fresh.length) await change("subscribe", fresh);
  }

  async function change(what, channels) {
    const body = JSON.stringify({ ...session, channels });
    const headers = { "Content-Type": "application/json" };
    await fetch(`/api/ws/${what}`, { method: "POST", headers, body }).catch(() => null);   // else they are polled
  }

  function connected({ detail }) {
    const { sessionId, sessionSecret, channels } = JSON.parse(detail.data);
    session = { sessionId, ...(sessionSecret && { sessionSecret }) };
    heard.clear();
    for (const channel of channels) if (channel.startsWith("session:")) heard.add(channel);
    follow();
  }

  function markOwnLanes() {
    for (const lane of lanes()) lane.toggleAttribute("data-own", lane.dataset.player === viewer);
  }

  const wake = () => line.dispatchEvent(new CustomEvent("stream:changed"));
  if (runs) {
    line.addEventListener("connected", connected);
    line.addEventListener("htmx:sse:close", () => { session = null; });
    setInterval(() => { if (!document.hidden) wake(); }, LIST_INTERVAL);
  }

  // --- Movement --------------------------------------------------------------------------------------------------
  const shown = new Map();             // id of a lane that is about to be morphed → where it was, and what it said
  const figure = (lane) => lane.querySelector(".lane-metric b");
  const topOf = (lane) => lane.getBoundingClientRect().top;

  const lanesIn = (part) => [part, ...part.querySelectorAll(".lane")].filter((lane) => lane.matches(".lane[data-channel]"));

  // Only those that are swapped: the figures of others may be counting.
  function beforeSwap({ detail: { tasks } }) {
    for (const lane of tasks.flatMap(({ target }) => (target ? lanesIn(target) : [])))
      shown.set(lane.id, { top: topOf(lane), text: figure(lane) && motion.meant(figure(lane)) });
  }

  function move() {
    if (calm.matches || document.hidden) return;
    for (const [id, { top, text }] of shown) {
      const lane = document.getElementById(id);
      if (!lane) continue;
      if (topOf(lane) !== top) motion.glide(lane, top - topOf(lane));
      if (text && figure(lane)) motion.count(figure(lane), text, figure(lane).textContent);
    }
  }

  // --- After each change -----------------------------------------------------------------------------------------
  function swapped() {
    move();
    shown.clear();
    markOwnLanes();
    for (const race of document.querySelectorAll(".alone"))    // its stream brings the lane only
      race.dataset.version = race.querySelector(".lane").dataset.version;
    if (runs) follow();
    for (const story of document.querySelectorAll(`[data-stories] > :nth-child(n+${KEPT_STORIES + 1})`)) story.remove();
  }

  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", swapped);
  markOwnLanes();
})();
