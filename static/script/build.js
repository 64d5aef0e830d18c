// A page that stays open outlives what it was made by. It says when there is a new version, and takes it where that
// costs nobody anything: when nobody sees it, or has touched it for a while, and nothing was typed into it.
(() => {
  "use strict";
  const IDLE = [60000, 120000];        // ms without a touch; spread, as all pages learn of it at once
  const LOOK = 5000;                   // ms

  const { line } = stream;
  const { build } = document.documentElement.dataset;
  const isWall = document.getElementById("turns") !== null;    // it asks for itself, and for all that the page needs
  if (!line) return;
  const patience = IDLE[0] + Math.random() * (IDLE[1] - IDLE[0]);
  // A form that was refused still shows what was typed; and loading it again would send it again.
  const [{ responseStatus } = {}] = performance.getEntriesByType("navigation");
  let touchedAt = performance.now(), typed = responseStatus >= 400, outdated = false;

  function told(theirs) {
    if (!theirs || theirs === build || outdated) return;
    outdated = true;
    if (document.documentElement.classList.contains("site")) note("A new version is ready.", "Reload", "");
    line.dispatchEvent(new CustomEvent("stream:outdated", { detail: theirs }));   // a wall need not wait
    setInterval(look, LOOK);
  }

  // Asked first: where nobody answers, the browser would show that instead.
  async function look() {
    if (isWall || typed || !(document.hidden || performance.now() - touchedAt > patience)) return;
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
    if (answer?.ok) location.reload();
  }

  function touched() {
    touchedAt = performance.now();
  }

  for (const touch of ["pointerdown", "keydown", "wheel", "scroll"]) addEventListener(touch, touched, { passive: true });
  document.addEventListener("input", () => { typed = true; });
  document.addEventListener("visibilitychange", () => { if (outdated) look(); });
  line.addEventListener("connected", ({ detail }) => told(JSON.parse(detail.data).build));
  // What is polled names the build in its tag.
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const tag = ctx.sourceElement.dataset.poll && ctx.response?.headers.get("ETag");
    if (tag?.startsWith("W/") && !tag.includes(build)) told(tag);
  });
})();
