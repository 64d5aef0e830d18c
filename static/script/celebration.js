// An achievement is celebrated once, in one tab, however often it is heard of; whoever does not want to hear of
// achievements gets no notification of them, and so no celebration.
(() => {
  "use strict";
  const TOGETHER = 250;                // ms in which the achievements come that a notification speaks of
  const LASTING = 10000;               // ms after which no notification is coming: they do not want to hear of it

  const unlocked = [];                 // heard of, and not celebrated yet
  function hear({ detail: { type, data } }) {
    if (type === "achievement.unlocked") keep(data);
    if (type === "notification" && data.category === "achievements") setTimeout(celebrate, TOGETHER, data);
  }

  function keep(one) {
    unlocked.push(one);
    setTimeout(() => { if (unlocked.includes(one)) unlocked.splice(unlocked.indexOf(one), 1); }, LASTING);
  }

  async function celebrate(notification) {
    const earned = unlocked.splice(0);
    if (!(await told.isMine(notification.id))) return;
    const item = notices.itemOf("notification", notification);
    const badges = earned.length ? earned.map(({ kind }) => kind ?? "score") : ["score"];
    notices.add({ ...item, ...(earned.length && wordsFor(earned)), badges: badges.slice(0, 3) });
  }

  function wordsFor(earned) {
    const [{ title, description, points }] = earned;
    if (earned.length > 1) return { title: `${earned.length} achievements`, message: earned.map(({ title }) => title).join(", ") };
    return { title, message: [description, points && `${points} points`].filter(Boolean).join(" · ") };
  }

  document.addEventListener("told", hear);
})();
