// What the stream tells a viewer, and everybody, besides boards: handed on as `told` events of the document, each once in
// a tab. Where the stream was away, it is asked what was told meanwhile.
const told = (() => {
  "use strict";
  const TYPES = [
    "notification", "system.announcement", "achievement.unlocked",
    "maintenance.scheduled", "maintenance.started", "maintenance.ended",
  ];
  const PAGE = 100, PAGES = 5;         // events of one answer, and answers, after a long time away
  const KEPT = 100;                    // ids that are remembered: more than are told between two cursors
  const RACE = [60, 240];              // ms for which a tab without the focus leaves things to the one that has it

  const { line } = stream;
  const place = document.getElementById("notices");
  const viewer = document.body.dataset.viewer ?? "";
  const CURSOR = `told ${viewer}`, IDS = `told-ids ${viewer}`, DONE = `done ${viewer}`;
  let behind = Boolean(place);

  // A tab goes on where it was; a new one where the others are; the first where its page was painted.
  function cursor() {
    return memory.tab.get(CURSOR) ?? memory.browser.get(CURSOR) ?? place.dataset.since;
  }

  function advance(position) {
    if (!position || behind) return;   // what lies between was not told yet
    memory.tab.set(CURSOR, position);
    memory.browser.set(CURSOR, position);
  }

  function isNew(id) {
    const known = memory.tab.list(IDS);
    if (known.includes(id)) return false;
    memory.tab.set(IDS, JSON.stringify([...known, id].slice(-KEPT)));
    return true;
  }

  function tell(type, data, missed) {
    const id = type === "achievement.unlocked" ? data.achievement : data.id;
    if (isNew(`${type} ${id}`)) document.dispatchEvent(new CustomEvent("told", { detail: { type, data, missed } }));
  }

  function hear({ type, detail: { data, id } }) {
    tell(type, JSON.parse(data), false);
    advance(id);
  }

  async function catchUp() {
    let after = cursor();
    behind = true;
    for (let page = 0; page < PAGES; page++) {
      const answer = await ask(after);
      if (!answer) return;             // the next connection asks again
      for (const { type, data } of answer.events) if (TYPES.includes(type)) tell(type, data, true);
      after = answer.cursor;
      if (answer.events.length < PAGE) break;
    }
    behind = false;
    advance(after);
  }

  async function ask(after) {
    const query = new URLSearchParams({ channels: place.dataset.told, after, limit: PAGE });
    const answer = await fetch(`/api/v1/events?${query}`, { headers: { "X-Viewer": viewer } }).catch(() => null);
    if (answer?.status === 400 && after) return ask("");     // no cursor of this server's: from now on
    return answer?.ok ? (await answer.json()).data : null;
  }

  // Whether this tab is the one to do what only one may: it has the focus, or nobody else did it.
  async function isMine(id) {
    const wait = document.hasFocus() ? 0 : RACE[0] + Math.random() * (RACE[1] - RACE[0]);
    await new Promise((resolve) => setTimeout(resolve, wait));
    const done = memory.browser.list(DONE);
    if (done.includes(id)) return false;
    memory.browser.set(DONE, JSON.stringify([...done, id].slice(-KEPT)));
    return true;
  }

  if (line && place) {
    for (const type of TYPES) line.addEventListener(type, hear);
    line.addEventListener("heartbeat", ({ detail }) => advance(detail.id));
    line.addEventListener("connected", catchUp);
  }

  return { isMine };
})();
