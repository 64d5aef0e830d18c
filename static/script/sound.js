// A short tone when something is told: off until somebody switches it on, made by oscillators, and by one tab only.
(() => {
  "use strict";
  const KEY = "sound";
  const LOUDNESS = 0.12, LOUDER = 0.3;
  // Hz, and s from the beginning and for which it lasts: two rising notes; a buzzer as in a gym, three times.
  const CHIME = { shape: "sine", loudness: LOUDNESS, notes: [[659, 0, 0.12], [880, 0.11, 0.25]] };
  const BUZZER = { shape: "square", loudness: LOUDER, notes: [[233, 0, 0.18], [233, 0.28, 0.18], [233, 0.56, 0.4]] };

  const isOn = () => memory.browser.get(KEY) === "on";
  let context = null;

  // Browsers let a page be heard only after it was touched.
  function touched() {
    if (!isOn()) return;
    context ??= new AudioContext();
    context.resume();
  }

  function play({ shape, loudness, notes }) {
    for (const [frequency, begin, length] of notes) {
      const tone = new OscillatorNode(context, { type: shape, frequency });
      const gain = new GainNode(context, { gain: loudness });
      const [from, to] = [context.currentTime + begin, context.currentTime + begin + length];
      gain.gain.setValueAtTime(loudness, from);
      gain.gain.exponentialRampToValueAtTime(0.0001, to);    // a tone that is cut off clicks
      tone.connect(gain).connect(context.destination);
      tone.start(from);
      tone.stop(to);
    }
    document.documentElement.dataset.rang = shape;
  }

  async function hear({ detail: { type, data, missed } }) {
    if (missed || !isOn() || document.hidden || !context) return;
    if (type !== "notification" && type !== "system.announcement") return;
    await context.resume();            // a machine that is busy takes its time
    if (await told.isMine(`rang ${data.id}`)) play(data.priority === "CRITICAL" ? BUZZER : CHIME);
  }

  function offerSwitch(part) {
    const box = part.querySelector("input");
    box.checked = isOn();
    part.hidden = false;
    box.addEventListener("change", () => {
      memory.browser.set(KEY, box.checked ? "on" : "off");
      touched();
      if (box.checked) play(CHIME);
    });
  }

  document.addEventListener("told", hear);
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, touched);
  document.querySelectorAll(".sound").forEach(offerSwitch);
})();
