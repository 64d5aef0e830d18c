// The strip at the lower edge of a board's page: where its reader stands, and how far it is to the next place. It is out
// of the way while the row itself is on the screen. What the table shows is read from there, else the server is asked.
(() => {
  "use strict";
  const ASK_INTERVAL = 3000;           // ms between two questions while the board changes …
  const ASK_ANYWAY = 10000;            // … and while it does not, as far as the page shows it; spread over as much again
  const ASK_TIMEOUT = 5000;            // ms

  const strip = document.getElementById("own");
  const board = strip && document.getElementById(strip.dataset.board ?? "");
  if (!board) return;
  const viewer = document.body.dataset.viewer;
  const { unit, decimals } = strip.dataset;
  const link = strip.querySelector("a");
  const away = link.getAttribute("href").startsWith("#") ? "?around=me" : link.getAttribute("href");
  const rowOf = (player) => board.querySelector(`tr[data-user="${CSS.escape(player)}"]`);
  let askedAt = performance.now();
  let hasPlace = strip.dataset.place !== undefined;

  // --- What it says --------------------------------------------------------------------------------------------
  const write = (name, text) => {
    const element = strip.querySelector(name);
    if (element.textContent !== text) element.textContent = text;
  };

  // `above` and `below`: [name, score] of the neighbours, where there are any.
  function show(rank, score, above, below) {
    write(".pinned-rank", rank);
    write(".pinned-score", motion.figure(score, Number(decimals)));
    const [neighbour, word] = above ? [above, "behind"] : [rank === "1" ? below : null, "ahead of"];
    if (!neighbour) return write("small", rank === "1" ? "In the lead" : "");
    const distance = Math.abs(neighbour[1] - score);
    const words = distance ? [motion.figure(distance, Number(decimals)), unit, word] : ["Level with"];
    const name = Object.assign(document.createElement("bdi"), { textContent: neighbour[0] });
    strip.querySelector("small").replaceChildren(`${words.filter(Boolean).join(" ")} `, name);
  }

  const read = (row) => row && [row.querySelector("bdi").textContent, motion.valueOf(motion.meant(row.querySelector(".score > span")))];

  function showRow(row) {
    const rank = row.dataset.rank;
    const isFirst = !row.previousElementSibling && rank !== "1";
    if (isFirst) return false;                 // the neighbour above is not on this page
    show(rank, read(row)[1], read(row.previousElementSibling), read(row.nextElementSibling));
    return true;
  }

  async function get(window) {
    const signal = AbortSignal.timeout(ASK_TIMEOUT);
    const answer = await fetch(strip.dataset.ask + window, { headers: { Accept: "application/json" }, signal }).catch(() => null);
    return answer?.ok ? (await answer.json()).data : null;
  }

  async function ask() {
    askedAt = performance.now();
    if (!hasPlace && !(await get("&limit=1"))?.currentUser) return;     // a place that is not there would be a 404
    const leaderboard = (await get("&around=me&radius=1"))?.leaderboard ?? [];
    const at = leaderboard.findIndex(({ userId }) => userId === viewer);
    const [above, own, below] = [leaderboard[at - 1], leaderboard[at], leaderboard[at + 1]];
    const told = (entry) => entry && [entry.username, entry.score];
    hasPlace = Boolean(own);
    if (own) show(String(own.rank), own.score, told(above), told(below));
  }

  function refresh(interval) {
    const row = rowOf(viewer);
    link.href = row ? `#${row.id}` : away;
    watch(row);
    if (row && showRow(row)) return;
    if (!document.hidden && performance.now() - askedAt > interval) ask();
  }

  // --- Whether it is needed ------------------------------------------------------------------------------------
  let watched = null;
  const eye = new IntersectionObserver((entries) => need(!entries.at(-1).isIntersecting), { threshold: 0.9 });

  function watch(row) {
    if (row === watched) return;
    eye.disconnect();
    if (row) eye.observe(row);
    else need(true);
    watched = row;
  }

  function need(isNeeded) {
    strip.toggleAttribute("data-near", !isNeeded);
    strip.inert = !isNeeded;
    document.documentElement.style.setProperty("--pinned", isNeeded ? `${strip.offsetHeight}px` : "0px");
  }

  document.addEventListener("board:changed", () => refresh(ASK_INTERVAL));
  setInterval(() => refresh(ASK_ANYWAY * (1 + Math.random())), ASK_INTERVAL);
  stream.line?.addEventListener("rank.changed", () => stream.line.dispatchEvent(new CustomEvent("stream:changed")));
  watch(rowOf(viewer));
})();
