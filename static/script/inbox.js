// How much is unread, on every page, and the inbox of /me: both follow what is told and what is marked as read, without
// waiting for the server where it is known what it will say.
(() => {
  "use strict";
  const RETRY = [5000, 15000];         // ms until what was refused is asked for again
  const SPREAD = 1000;                 // ms over which all who were told the same ask for it
  const INBOX = "/api/v1/notifications/";

  const inbox = document.getElementById("inbox");
  const badge = document.querySelector(".unread");
  if (!badge) return;                  // nobody is logged in
  const between = (low, high) => low + Math.random() * (high - low);
  let unread = Number(badge.firstChild.data), waiting = 0;

  function show(count) {
    unread = Math.max(0, count);
    badge.hidden = !unread;
    badge.firstChild.data = unread;
  }

  // --- Told --------------------------------------------------------------------------------------------------------
  function hear({ detail: { type, missed } }) {
    if (type !== "notification" && type !== "system.announcement") return;
    if (inbox || missed) soon();       // what was missed may have been counted when this page was painted
    else show(unread + 1);
  }

  function soon() {
    waiting ||= setTimeout(ask, between(0, SPREAD));
  }

  async function ask() {
    const path = inbox ? "/me/inbox" : `${INBOX.slice(0, -1)}?unread=true&limit=1`;
    const headers = { Accept: inbox ? "text/html" : "application/json", "X-Viewer": document.body.dataset.viewer };
    const answer = await fetch(path, { headers }).catch(() => null);
    waiting = answer?.ok || answer?.status === 401 ? 0 : setTimeout(ask, between(...RETRY));
    if (!answer?.ok) return;
    if (inbox) paint(await answer.text());
    else show((await answer.json()).data.unread);
  }

  function paint(html) {
    const id = document.activeElement?.closest("#inbox [id]")?.id;
    inbox.innerHTML = html;
    if (id) (document.getElementById(id)?.querySelector("a, button") ?? inbox).focus();
    show(Number(inbox.querySelector("[data-unread]").dataset.unread));
    for (const { path } of outbox.waiting()) marked(path);
  }

  // --- Read --------------------------------------------------------------------------------------------------------
  function marked(path) {
    if (!path.startsWith(INBOX)) return;
    const [id, isAll] = [path.slice(INBOX.length).split("/")[0], path.endsWith("/read-all")];
    const items = isAll ? [...document.querySelectorAll(".inbox .new")] : [document.getElementById(`notification-${id}`)];
    items.filter((item) => item?.matches(".new")).forEach(markItem);
    show(isAll ? 0 : unread - 1);
    if (inbox) showCount();
  }

  function markItem(item) {
    const hadFocus = item.contains(document.activeElement);
    item.classList.remove("new");
    item.querySelector("form")?.remove();
    if (hadFocus) (inbox.querySelector(".new button") ?? inbox).focus();
  }

  function showCount() {
    inbox.querySelector("[data-unread]").textContent = `${unread} unread`;
    if (!unread) inbox.querySelector("header form")?.remove();
  }

  function sent({ detail: { path, answer } }) {
    if (!path.startsWith(INBOX)) return;
    if (inbox) soon();
    else show(answer.unread);
  }

  document.addEventListener("told", hear);
  document.addEventListener("outbox:queued", ({ detail }) => marked(detail.path));
  document.addEventListener("outbox:sent", sent);
  stream.line?.addEventListener("history.truncated", soon);
})();
