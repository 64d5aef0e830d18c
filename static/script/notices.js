// Toasts: what was told is shown for a while in a corner, read to whoever cannot see it, and left to the inbox then.
const notices = (() => {
  "use strict";
  const SHOWN = 8000;                  // ms for which one stays, while nobody points at it or stands in it
  const TICK = 250;                    // ms
  const SPOKEN = 10000;                // ms for which its words stay where screen readers find them
  const MISSED = 600000;               // ms: what was missed longer ago is left to the inbox, unless it is critical
  const ROOMY = 4, NARROW = 2;         // toasts at once, and on a phone
  const WORDS = {
    gameResults: "Result", tournamentUpdates: "Tournament", standingsChanges: "Standings", pairingUpdates: "Pairing",
    systemAlerts: "Announcement", achievements: "Achievement", rankChanges: "Rank",
  };
  const TROUBLE = { WARNING: "Warning", ERROR: "Problem" };
  const URGENCY = { HIGH: "important", CRITICAL: "critical" };

  const place = document.getElementById("notices");
  if (!place) return { add() {} };     // walls, and pages that tell nothing
  const KEPT = `toasts ${document.body.dataset.viewer ?? ""}`;
  const stack = document.getElementById("toasts"), more = document.getElementById("toasts-more");
  const masthead = document.querySelector(".masthead");
  const narrow = matchMedia("(max-width: 40rem)"), points = matchMedia("(hover: hover)");
  const open = [];                     // { item, element, left }, the newest last
  let rest = 0, timer = 0, tickedAt = 0;

  // --- What it says ----------------------------------------------------------------------------------------------
  function itemOf(type, data) {
    const { id, title, message, link, priority } = data;
    const about = WORDS[data.category] ?? "Announcement";
    return { id, title, message, link, type: data.type, priority, about: TROUBLE[data.type] ?? about };
  }

  const isPath = (link) => link?.startsWith("/") && !link.startsWith("//");
  const isCritical = ({ priority }) => priority === "CRITICAL";
  const kindOf = ({ about, priority }) => [about, URGENCY[priority]].filter(Boolean).join(" · ");

  function elementOf(item) {
    const element = document.getElementById("toast").content.firstElementChild.cloneNode(true);
    const part = (name) => element.querySelector(`.toast-${name}`);
    element.dataset.type = (item.type ?? "INFO").toLowerCase();
    element.dataset.priority = (item.priority ?? "NORMAL").toLowerCase();
    part("kind").textContent = kindOf(item);
    part("text").textContent = item.message ?? "";
    const title = isPath(item.link) ? Object.assign(document.createElement("a"), { href: item.link }) : part("title");
    title.textContent = item.title;
    if (title !== part("title")) part("title").append(title);
    part("close").ariaLabel = `Dismiss: ${item.title}`;
    for (const badge of item.badges ?? []) part("badges").append(badgeOf(badge));
    return element;
  }

  function badgeOf(kind) {
    const badge = document.getElementById("toast-badge").content.firstElementChild.cloneNode(true);
    const use = badge.querySelector("use");
    badge.dataset.kind = kind;
    use.setAttribute("href", use.getAttribute("href") + kind);
    return badge;
  }

  // --- Coming and going ------------------------------------------------------------------------------------------
  function add(item, { left = SHOWN, quiet = false } = {}) {
    const one = { item, left, element: elementOf(item) };
    one.element.querySelector("button").addEventListener("click", () => dismiss(one));
    one.element.querySelector("a")?.addEventListener("click", () => markRead(one));
    const feat = Boolean(item.badges) && isBare(masthead);
    one.element.classList.toggle("feat", feat);
    one.element.classList.toggle("still", quiet);
    (feat ? masthead : stack).append(one.element);
    open.push(one);
    makeRoom();
    if (!quiet) speak(item);
    tickedAt = performance.now();
    timer ||= setInterval(tick, TICK);
  }

  const isBare = (masthead) => !masthead.querySelector(".feat") && masthead.getBoundingClientRect().bottom > 40;

  function makeRoom() {
    const most = narrow.matches ? NARROW : ROOMY;
    const stacked = open.filter(({ element }) => element.parentElement === stack);
    const order = [...stacked.filter(({ item }) => !isCritical(item)), ...stacked.filter(({ item }) => isCritical(item))];
    for (const one of order.slice(0, Math.max(0, stacked.length - most))) {
      close(one);
      rest++;
    }
    showRest();
  }

  function showRest() {
    if (!open.length) rest = 0;
    more.hidden = !rest;
    more.firstElementChild.textContent = `and ${rest} more${more.dataset.where}`;
  }

  function close(one) {
    one.element.remove();
    if (open.includes(one)) open.splice(open.indexOf(one), 1);
    if (!open.length) timer = clearInterval(timer);
  }

  function dismiss(one) {
    const hadFocus = one.element.contains(document.activeElement);
    markRead(one);
    close(one);
    showRest();
    if (hadFocus) (open.at(-1)?.element.querySelector("button") ?? document.getElementById("main")).focus();
  }

  function markRead({ item: { id } }) {
    if (id && document.body.dataset.viewer) outbox.send("POST", `/api/v1/notifications/${id}/read`, null, { key: `read:${id}` });
  }

  function tick() {
    const passed = performance.now() - tickedAt;
    tickedAt = performance.now();
    for (const one of [...open]) {
      if (isCritical(one.item) || isHeld(one.element.closest(".notices, .feat"))) continue;
      one.left -= passed;
      if (one.left <= 0) close(one);
    }
    showRest();
  }

  const isHeld = (part) => document.hidden || part.matches(":focus-within") || (points.matches && part.matches(":hover"));

  // --- Words for screen readers ----------------------------------------------------------------------------------
  function speak(item) {
    const words = document.createElement("p");
    words.textContent = [kindOf(item), item.title, item.message].filter(Boolean).join(": ");
    document.getElementById(isCritical(item) ? "alarm" : "spoken").append(words);
    setTimeout(() => words.remove(), SPOKEN);
  }

  // --- Wiring ----------------------------------------------------------------------------------------------------
  const isOver = ({ expiresAt }) => expiresAt && Date.parse(expiresAt) <= Date.now();
  const isOld = ({ timestamp }) => Date.now() - Date.parse(timestamp) > MISSED;

  const isShown = (data) => Boolean(document.getElementById("inbox")) && !isCritical(data);   // it turns up there

  function toldOf({ detail: { type, data, missed } }) {
    if (type !== "notification" && type !== "system.announcement") return;
    if (data.category === "achievements") return;        // celebrated, by another script
    if (missed && (isOver(data) || (isOld(data) && !isCritical(data)))) return;
    (isShown(data) ? speak : add)(itemOf(type, data));
  }

  // Marked in the inbox, or in another tab.
  function marked({ detail: { path } }) {
    const isRead = ({ item: { id } }) => id && (path.endsWith("/read-all") || path.endsWith(`/${id}/read`));
    if (path.startsWith("/api/v1/notifications/")) open.filter(isRead).forEach(close);
    showRest();
  }

  function refused({ detail: { message } }) {
    add({ title: "A change was not taken", message, type: "ERROR", about: "Not sent" });
  }

  function pressed(event) {
    if (event.key === "Escape" && open.length && !event.defaultPrevented) dismiss(open.at(-1));
  }

  // What is shown goes along to the next page.
  function keep() {
    memory.tab.set(KEPT, JSON.stringify(open.map(({ item, left }) => ({ item, left }))));
  }

  function restore() {
    const kept = memory.tab.list(KEPT);
    // what somebody else was told here before is nobody's now
    for (const key of memory.tab.keys()) if (/^toasts ./.test(key) || key === KEPT) memory.tab.remove(key);
    const wanted = ({ item }) => item.badges || !isShown(item);
    for (const { item, left } of kept.filter(wanted)) add(item, { left, quiet: true });
  }

  document.addEventListener("told", toldOf);
  for (const step of ["queued", "sent"]) document.addEventListener(`outbox:${step}`, marked);
  document.addEventListener("outbox:refused", refused);
  document.addEventListener("keydown", pressed);
  addEventListener("pagehide", keep);
  restore();

  return { add, itemOf };
})();
