// Makes changes of a board seen and heard: rows move to their new places, screen readers are told what matters.
// What is swapped in, and when, is connection.js' affair; it has listened first and left only what is news.
(() => {
  "use strict";
  const ANNOUNCE_INTERVAL = 10000;     // ms between two messages to screen readers

  const announcer = document.getElementById("announcer");
  if (!announcer) return;              // a page without boards
  const viewer = document.body.dataset.viewer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const rowsOf = (panel) => [...panel.querySelectorAll("tr[data-user]")];

  const photos = [];                   // of boards that are just being morphed
  function beforeSwap({ detail: { tasks } }) {
    const boards = tasks.filter(({ target }) => target.querySelector("tbody"));   // a feed has no ranks
    photos.push(...boards.map(({ target }) => photograph(target)));
  }

  function afterSwap() {
    for (const photo of photos.splice(0)) {
      markOwnRow(photo.panel);
      announceChange(photo);
      animate(photo);
    }
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

  // --- Words for screen readers --------------------------------------------------------------------------------
  const speech = { text: "", notBefore: 0, timer: null };
  const ownRank = (panel) => viewer && panel.querySelector(`tr[data-user="${CSS.escape(viewer)}"]`)?.dataset.rank;

  function announceChange({ panel, leader, own }) {
    const first = rowsOf(panel)[0];
    const title = panel.querySelector("h2").textContent.trim();
    const rank = ownRank(panel);
    if (rank !== own) say(`${title}: you are ${rank ? `now on place ${rank}` : "no longer among those shown"}.`);
    else if (first && first.dataset.user !== leader)
      say(`${title}: ${first.querySelector("bdi").textContent} leads with ${scoreOf(first)}.`);
  }

  // The newest message only, and not too often.
  function say(text) {
    speech.text = text;
    speech.timer ??= setTimeout(speak, Math.max(0, speech.notBefore - performance.now()));
  }

  function speak() {
    announcer.textContent = speech.text;
    Object.assign(speech, { timer: null, notBefore: performance.now() + ANNOUNCE_INTERVAL });
  }

  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", afterSwap);
  document.addEventListener("board:offline", () => say("Connection lost: these scores may be old."));
  document.querySelectorAll("section[data-version]").forEach(markOwnRow);
})();
