// Over HTTP/1.1 a browser opens six connections to a host, all its tabs together, and a stream keeps one of them: a
// seventh tab would never even load. So tabs tell each other who streams; those beyond a few poll instead.
const seats = (() => {
  "use strict";
  const SEATS = 4;                     // streams of one browser; two connections are left for pages, polls and forms
  const ANSWER_TIME = 100;             // ms in which the others say that they have a seat
  const RECENT = 2000;                 // ms for which it counts that somebody said so

  const { nextHopProtocol } = performance.getEntriesByType("navigation")[0] ?? {};
  const endless = /^h[23]/.test(nextHopProtocol);
  const tabs = new BroadcastChannel("seats");
  const me = Math.random();
  const others = new Set();            // who has a seat, or asked at the same time and goes first
  const sitting = new Map();           // who said when that they have a seat
  let seated = endless;
  let asking = false;
  let onLost = () => {};

  const say = (what) => tabs.postMessage([what, me]);
  tabs.onmessage = ({ data: [what, who] }) => {
    if (what === "asks") answer(who);
    else if (asking) others.add(who);
    if (what === "sits" && seated && !endless) share(who);
  };

  function answer(who) {
    if (seated) say("sits");
    else if (asking && me < who) say("asked first");
    else if (asking) others.add(who);
  }

  // Too many have sat down at the same moment: the first by number stay.
  function share(who) {
    sitting.set(who, performance.now());
    const before = [...sitting].filter(([other, at]) => other < me && performance.now() - at < RECENT);
    if (before.length < SEATS) return;
    leave();
    onLost();
  }

  async function ask() {
    if (seated) return true;
    asking = true;
    others.clear();
    say("asks");
    await new Promise((resolve) => setTimeout(resolve, ANSWER_TIME));
    asking = false;
    seated = others.size < SEATS;
    if (seated) say("sits");
    return seated;
  }

  function leave() {
    seated = endless;
  }

  return { ask, leave, whenLost: (handle) => { onLost = handle; } };
})();
