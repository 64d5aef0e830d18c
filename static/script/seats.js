// Who holds which stream. Tabs of one browser that want the same one elect a leader, whose stream serves them all
// (relay.js). Over HTTP/1.1 a browser opens six connections to a host, all its tabs together, and a stream keeps one
// of them: a seventh would never even load. So only a few tabs lead; who wants yet another stream polls instead.
// There are no locks to ask for where a page is plain HTTP from another machine: tabs have to talk.
const seats = (() => {
  "use strict";
  const SEATS = 4;                     // streams of one browser; two connections are left for pages, polls and forms
  const ANSWER_TIME = 100;             // ms in which the others say that they lead
  const BEAT = 1000;                   // ms between two times that a leader says so by itself
  const RECENT = 2500;                 // ms for which it counts that somebody said so

  const { nextHopProtocol } = performance.getEntriesByType("navigation")[0] ?? {};
  const endless = /^h[23]/.test(nextHopProtocol);
  const tabs = new BroadcastChannel("streams");
  const me = Math.random();
  const hearers = new Map();           // what is said → who handles it
  const others = new Map();            // who leads, or asked at the same time and goes first → what they stream
  const leaders = new Map();           // who leads another stream → when they said so
  let role = "none";                   // none → asking → leading → none
  let key = "";                        // what this tab streams: tabs that name it alike may share
  let onLost = () => {};

  const say = (what, ...more) => tabs.postMessage([what, me, key, ...more]);
  const hear = (what, handle) => hearers.set(what, [...(hearers.get(what) ?? []), handle]);
  tabs.onmessage = ({ data: [what, ...more] }) => hearers.get(what)?.forEach((handle) => handle(...more));

  hear("asks", (who, theirs) => {
    if (role === "leading") say("leads");
    else if (role === "asking" && me < who) say("goes first");
    else if (role === "asking") others.set(who, theirs);
  });
  hear("goes first", (who, theirs) => others.set(who, theirs));

  hear("leads", (who, theirs) => {
    if (role === "asking") others.set(who, theirs);
    if (role !== "leading" || !isOneTooMany(who, theirs)) return;
    leave(true);
    onLost();
  });

  // Some began at the same moment: of one stream the first by number stays, of different ones the first few.
  function isOneTooMany(who, theirs) {
    if (theirs === key) return who < me;
    leaders.set(who, performance.now());
    for (const [other, at] of leaders) if (performance.now() - at > RECENT) leaders.delete(other);
    return !endless && [...leaders.keys()].filter((other) => other < me).length >= SEATS;
  }

  // `leads`, `follows` somebody who does, or `waits` until there is room.
  async function ask(wanted) {
    [role, key] = ["asking", wanted];
    others.clear();
    say("asks");
    await new Promise((resolve) => setTimeout(resolve, ANSWER_TIME));
    role = "none";
    if ([...others.values()].includes(key)) return "follows";
    if (others.size >= SEATS && !endless) return "waits";
    role = "leading";
    say("leads");
    return "leads";
  }

  // `handsOver`: it was no failure, the next may try at once.
  function leave(handsOver) {
    if (role === "leading") say("leaves", handsOver);
    role = "none";
  }

  setInterval(() => { if (role === "leading") say("leads"); }, BEAT);

  const leads = (what = key) => role === "leading" && what === key;

  return { me, ask, leave, say, hear, leads, whenLost: (handle) => { onLost = handle; } };
})();
