// How rows move and figures count. Transforms and opacity only, which browsers animate beside the main thread; figures
// change their text, and nothing else of the table, so that nothing on the page shifts.
const motion = (() => {
  "use strict";
  const GLIDE = 480;                   // ms from the old place to the new
  const FRAME_PATIENCE = 50;           // ms in which a frame comes; none comes to a page that nobody sees
  const COUNT = 600;                   // ms from the old figure to the new
  const STEP = 30;                     // ms between two of the figures in between: nobody reads faster
  const STEP_IN_CROWD = 120;           // ms, where more count at once than anybody could follow …
  const CROWD = 4;                     // … cells
  const SHINE = 1500;                  // ms for which a row glows and says what it gained; as board.css has it
  const GLOWS = 3;                     // rows at once: where all of them glow, none stands out

  // --- Places --------------------------------------------------------------------------------------------------
  const gliding = new Map();           // row → how it glides, and from how far away
  const held = new Map();              // row → the time of its glide at which it stands still

  function slide(row, from, to) {
    return row.animate([from, to], { duration: GLIDE, easing: "cubic-bezier(.2,.8,.2,1)" });
  }

  const appear = (row) => slide(row, { opacity: 0 }, { opacity: 1 });

  // Who climbs passes in front. That is told by an attribute: a z-index in the frames would keep them on the main thread.
  function glide(row, distance) {
    gliding.get(row)?.slid.cancel();
    if (held.delete(row)) row.style.transform = "";
    row.toggleAttribute("data-climbs", distance > 0);
    const slid = slide(row, { transform: `translateY(${distance}px)` }, { transform: "none" });
    gliding.set(row, { slid, distance });
    slid.onfinish = () => {
      gliding.delete(row);
      delete row.dataset.climbs;
    };
  }

  // Browsers know where a row was that they moved beside the main thread only if it stood there for a frame: else its
  // next move counts as a jump. So what glides stands still for the frame before a change.
  async function hold(changes) {
    for (const [row, { slid, distance }] of gliding) {
      if (slid.playState !== "running" || !changes(row)) continue;
      held.set(row, slid.currentTime);
      row.style.transform = `translateY(${distance * (1 - slid.effect.getComputedTiming().progress)}px)`;
      slid.cancel();
    }
    if (held.size) await new Promise(afterFrame);
  }

  function afterFrame(resolve) {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_PATIENCE);
  }

  // What was not moved to another place meanwhile goes on.
  function release() {
    for (const [row, at] of held) {
      const { slid } = gliding.get(row);
      row.style.transform = "";
      slid.play();
      slid.currentTime = at;
    }
    held.clear();
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
  return { appear, count, decimalsOf, figure, gain, glide, hold, meant, release, shine, valueOf };
})();
