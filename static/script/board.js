// Makes changes of a board seen and heard: rows move to their new places, figures count, screen readers are told what
// matters. What is swapped in, and when, is connection.js' affair; it has listened first and left only what is news.
(() => {
  "use strict";
  const ANNOUNCE_INTERVAL = 10000;     // ms between two messages to screen readers

  const announcer = document.getElementById("announcer");
  if (!announcer) return;              // a page without boards
  const viewer = document.body.dataset.viewer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const rowsOf = (panel) => [...panel.querySelectorAll("tr[data-user]")];
  const figureOf = (row) => row.querySelector(".score > span") ?? row.querySelector(".score");

  const photos = [];                   // of boards that are just being morphed
  function beforeSwap({ detail: { tasks } }) {
    const boards = tasks.filter(({ target }) => target.querySelector("tbody"));   // a feed has no ranks
    photos.push(...boards.map(({ target }) => photograph(target)));
  }

  function afterSwap() {
    for (const photo of photos.splice(0)) {
      markOwnRow(photo.panel);
      announceChange(photo);
      if (!document.hidden) animate(photo);
      photo.panel.dispatchEvent(new Event("board:changed", { bubbles: true }));
    }
  }

  function markOwnRow(panel) {
    for (const row of rowsOf(panel)) row.toggleAttribute("data-own", row.dataset.user === viewer);
  }

  // --- Movement ------------------------------------------------------------------------------------------------
  const rankOf = (row) => Number(row.dataset.rank);
  const scoreOf = (row) => motion.meant(figureOf(row));
  const seen = (top) => top > -100 && top < innerHeight;

  // `place` is where a row stands, `top` where it is seen, which is not the same while it glides.
  function photograph(panel) {
    const shot = (row) => [row.id, {
      top: row.getBoundingClientRect().top, place: row.offsetTop,
      rank: rankOf(row), score: scoreOf(row), said: figureOf(row).textContent,
    }];
    const rows = rowsOf(panel);
    return { panel, rows: new Map(rows.map(shot)), leader: rows[0]?.dataset.user, own: ownRank(panel) };
  }

  function animate({ panel, rows }) {
    const present = rowsOf(panel);
    const table = present.find((row) => row.offsetParent)?.offsetParent;
    if (!table) return;                        // nobody sees it
    const edge = table.getBoundingClientRect().top;
    const places = present.map((row) => row.offsetTop);        // all are read before anything is written
    present.forEach((row, index) => {
      const [top, past] = [edge + places[index], rows.get(row.id)];
      if (!seen(top) && !seen(past?.top)) return;
      if (past) change(row, past);
      if (calm.matches) return;
      if (!past) motion.appear(row);
      else if (past.place !== places[index]) motion.glide(row, past.top - top);
    });
  }

  function change(row, past) {
    const figure = figureOf(row);
    const text = figure.textContent;
    if (text !== past.score) {
      motion.shine(row, figure, motion.gain(past.score, text), motion.decimalsOf(text));
      if (!calm.matches) motion.count(figure, past.said, text);
    } else if (rankOf(row) < past.rank) motion.shine(row, figure);
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
      say(`${title}: ${first.querySelector("bdi").textContent} leads with ${figureOf(first).textContent}.`);
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

  document.addEventListener("htmx:sse:before:message", ({ detail: { message, waitUntil } }) => {
    if (!message.event) waitUntil(motion.hold((row) => message.data.includes(`id="${row.id}"`)));
  });
  document.addEventListener("htmx:sse:after:message", motion.release);
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", afterSwap);
  document.addEventListener("board:offline", () => say("Connection lost: these scores may be old."));
  document.querySelectorAll("section[data-version]").forEach(markOwnRow);
})();
