// The maintenance banner of a page that stays open: counts what is left, and asks for news: when the stream tells that
// there are some, and now and then; oftener where no stream speaks.
(() => {
  "use strict";
  const ASK_INTERVAL = 60000;          // ms; the answer comes from the server's memory
  const TOLD_INTERVAL = 600000;        // ms, while a stream would tell: only what comes near is not told
  const HEARD = 40000;                 // ms for which a stream that spoke is believed: more than two heartbeats
  const SPREAD = 2000;                 // ms over which all who were told the same ask for it
  const HURRY_INTERVAL = 10000;        // ms between two questions whether it is over: our clock may be wrong
  const NEAR = 7 * 86400000;           // ms before it begins from which on it is spoken of, as on the server
  const TICK = 1000;                   // ms

  const place = document.getElementById("maintenance");
  if (!place) return;
  const between = (low, high) => low + Math.random() * (high - low);
  let askedAt = Date.now(), askAt = askedAt + ASK_INTERVAL * between(0.5, 1), heardAt = -Infinity;
  let shown = place.firstElementChild && { ...place.firstElementChild.dataset };

  function leftInWords({ starts, ends }) {
    const now = Date.now(), begun = now >= Date.parse(starts);
    const seconds = Math.max(0, Math.ceil((Date.parse(begun ? ends : starts) - now) / 1000));
    const [size, unit] = [[172800, "days"], [7200, "h"], [120, "min"]].find(([size]) => seconds >= size) ?? [1, "s"];
    const divisor = { days: 86400, h: 3600, min: 60, s: 1 }[unit];
    return `${begun ? "ends" : "begins"} in ${Math.floor(seconds / divisor)} ${unit}`;
  }

  function element(name, text, properties) {
    const made = document.createElement(name);
    made.textContent = text;
    return Object.assign(made, properties);
  }

  function show(window) {
    if (window?.startsAt === shown?.starts && window?.endsAt === shown?.ends) return;
    shown = window && { starts: window.startsAt, ends: window.endsAt };
    if (!window) return place.replaceChildren();
    const moment = (at) => element("time", `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`, { dateTime: at });
    const line = element("p", "", { className: "maintenance" });
    line.append(element("b", "Maintenance"), " ", moment(window.startsAt), " to ", moment(window.endsAt), ", ",
      element("span", leftInWords(shown), { className: "left", ariaLive: "off" }), ": ",
      element("span", window.message, { className: "what" }));
    place.replaceChildren(line);
  }

  async function ask() {
    askedAt = Date.now();
    askAt = askedAt + ASK_INTERVAL * between(0.8, 1.2);
    const answer = await fetch("/api/v1/maintenance").catch(() => null);
    if (answer?.ok) show((await answer.json()).data.maintenance.find(isNear));
  }

  function isNear({ startsAt }) {
    return Date.parse(startsAt) <= Date.now() + NEAR;
  }

  function tick() {
    const left = place.querySelector(".left");
    if (left) left.textContent = leftInWords(shown);
    if (shown && Date.now() >= Date.parse(shown.ends)) {
      askAt = Math.min(askAt, Math.max(Date.now(), askedAt + HURRY_INTERVAL) + between(0, 2000));
    }
    const isTold = Date.now() - heardAt < HEARD && Date.now() - askedAt < TOLD_INTERVAL && !shown;
    if (!document.hidden && Date.now() >= askAt && !isTold) ask();
  }

  function hear({ detail: { type } }) {
    if (type.startsWith("maintenance.")) setTimeout(ask, between(0, SPREAD));
  }

  document.addEventListener("told", hear);
  stream.line?.addEventListener("stream:heard", () => { heardAt = Date.now(); });
  setInterval(tick, TICK);
})();
