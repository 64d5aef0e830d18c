// Tournaments: whose game it is, what has just been decided, how many are here, and that it is time to look again.
// What is swapped in, and when, is connection.js' affair; board.js does what standings share with boards.
(() => {
  "use strict";
  // What changes a page that no frame is made for: the overview, the desk.
  const CHANGES = [
    "tournament.created", "tournament.updated", "tournament.started", "tournament.completed",
    "participant.registered", "participant.withdrew", "pairing.generated", "round.started", "round.completed",
    "game.started", "game.result_submitted", "game.completed", "history.truncated",
  ];

  const { line } = stream;
  if (!line) return;                   // nothing to follow yet; the watchdog looks again
  const viewer = document.body.dataset.viewer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // --- Games -----------------------------------------------------------------------------------------------------
  const results = new Map();           // id of a game that is about to be morphed → what it showed
  const shownIn = (game) => game.querySelector(".result").textContent;

  function beforeSwap({ detail: { tasks } }) {
    for (const { target } of tasks)
      for (const game of target.querySelectorAll(".game")) results.set(game.id, shownIn(game));
  }

  function afterSwap() {
    markOwn();
    for (const [id, shown] of results) {
      const game = document.getElementById(id);
      if (game && shownIn(game) !== shown) glow(game);
    }
    results.clear();
  }

  // What the page is first painted with is marked by the server; standings may come later.
  function markOwn() {
    for (const game of document.querySelectorAll("[data-players]"))
      game.toggleAttribute("data-own", Boolean(viewer) && game.dataset.players.split(" ").includes(viewer));
    for (const row of document.querySelectorAll("tr[data-user]"))
      row.toggleAttribute("data-own", row.dataset.user === viewer);
  }

  function glow(game) {
    if (calm.matches || document.hidden) return;
    game.animate([{ backgroundColor: "var(--glow)" }, {}], { duration: 1400, easing: "ease-out" });
  }

  // --- Who is here -----------------------------------------------------------------------------------------------
  function showPresence({ detail }) {
    const { count } = JSON.parse(detail.data);
    for (const place of document.querySelectorAll("[data-watching]")) {
      place.hidden = !count;
      place.textContent = `${count} here now`;
    }
  }

  line.addEventListener("presence.update", showPresence);
  for (const type of CHANGES) line.addEventListener(type, () => line.dispatchEvent(new CustomEvent("stream:changed")));
  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:after:swap", afterSwap);
})();
