// How rows move and figures count. Transforms and opacity only, which browsers animate beside the main thread; figures
// change their text, and nothing else of the table, so that nothing on the page shifts.
const motion = (() => {
  "use strict";
  const GLIDE = 480;                   // ms from the old place to the new
  const COUNT = 600;                   // ms from the old figure to the new
  const STEP = 30;                     // ms between two of the figures in between: nobody reads faster
  const STEP_IN_CROWD = 120;           // ms, where more count at once than anybody could follow …
  const CROWD = 4;                     // … cells
  const SHINE = 1500;                  // ms for which a row glows and says what it gained; as board.css has it
  const GLOWS = 3;                     // rows at once: where all of them glow, none stands out

  // --- Places --------------------------------------------------------------------------------------------------
  function slide(row, from, to) {
    const slid = row.animate([from, to], { duration: GLIDE, easing: "cubic-bezier(.2,.8,.2,1)" });
    slid.id = "slide";
    slid.onfinish = () => { delete row.dataset.climbs; };
  }

  const stop = (row) => { for (const slid of row.getAnimations()) if (slid.id === "slide") slid.cancel(); };
  const appear = (row) => slide(row, { opacity: 0 }, { opacity: 1 });

  // Who climbs passes in front. That is told by an attribute: a z-index in the frames would keep them on the main thread.
  function glide(row, distance) {
    stop(row);
    row.toggleAttribute("data-climbs", distance > 0);
    slide(row, { transform: `translateY(${distance}px)` }, { transform: "none" });
  }

  // --- Figures -------------------------------------------------------------------------------------------------
  const counting = new Map();          // cell → how it counts; `wrote` is what it said last
  const formats = new Map();           // decimals → how such figures are written

  const valueOf = (text) => Number(text.replaceAll(",", "") || NaN);
  const decimalsOf = (text) => text.split(".")[1]?.length ?? 0;
  function figure(value, decimals) {
    const fraction = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    if (!formats.has(decimals)) formats.set(decimals, new Intl.NumberFormat("en", fraction));
    return formats.get(decimals).format(value);
  }

  // What a cell will say, though it may be counting still.
  const meant = (cell) => counting.get(cell)?.text ?? cell.textContent;
  const say = (cell, text) => { cell.firstChild.data = text; };

  function count(cell, from, text) {
    if (Number.isNaN(valueOf(from) + valueOf(text))) return;
    if (!counting.size) setTimeout(step, STEP);
    counting.set(cell, { from: valueOf(from), to: valueOf(text), text, wrote: text, began: performance.now() });
  }

  // By a timer: asking for every frame would have the browser make frames in which nothing is new.
  function step() {
    for (const [cell, counted] of counting) if (!advance(cell, counted)) counting.delete(cell);
    if (counting.size) setTimeout(step, counting.size > CROWD ? STEP_IN_CROWD : STEP);
  }

  // False at its end, and where the cell was given something else to say meanwhile.
  function advance(cell, counted) {
    const { from, to, text, wrote, began } = counted;
    if (cell.textContent !== wrote && cell.textContent !== text) return false;
    const left = 1 - Math.min(1, (performance.now() - began) / COUNT);
    counted.wrote = left ? figure(to - (to - from) * left ** 3, decimalsOf(text)) : text;
    say(cell, counted.wrote);
    return left > 0;
  }

  // --- Gains ---------------------------------------------------------------------------------------------------
  const shining = new Map();           // row → the timer that ends it
  function shine(row, cell, gain = 0, decimals = 0) {
    clearTimeout(shining.get(row));
    if (shining.size < GLOWS) row.dataset.glow = "";
    if (gain) cell.dataset.gain = (gain > 0 ? "+" : "−") + figure(Math.abs(gain), decimals);
    shining.set(row, setTimeout(dull, SHINE, row, cell));
  }

  function dull(row, cell) {
    shining.delete(row);
    delete row.dataset.glow;
    delete cell.dataset.gain;
  }

  const gain = (before, text) => valueOf(text) - valueOf(before) || 0;
  return { appear, count, decimalsOf, figure, gain, glide, meant, shine, valueOf };
})();
