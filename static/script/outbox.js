// What a page sends and need not wait for: read marks, the progress of a run. It is kept until the server has answered,
// over a cut and a closed tab; all tabs of a browser together send one at a time, in order.
// An answer that was lost is asked for again, so what is sent here must mean the same when it comes twice: a mark is set,
// a progress says where a run stands.
const outbox = (() => {
  "use strict";
  const PATIENCE = 10000;              // ms for one answer
  const LEASE = 15000;                 // ms for which a tab may send without saying that it still does; more than PATIENCE
  const LEASE_RACE = 400;              // ms after which a tab knows that no other took the lease: busy browsers are slow to say
  const RETRY_FIRST = 1000;            // ms; doubles with each failure
  const RETRY_MOST = 30000;            // ms
  const LOGIN_RETRY = 60000;           // ms until a login that could not be renewed is tried again
  const QUIET = 1500;                  // ms that something may wait before anybody is told of it
  const LIMIT = 200;                   // changes that wait: more than anybody makes by hand

  const viewer = document.body.dataset.viewer;
  const place = document.getElementById("outbox");
  const PREFIX = `outbox ${viewer} `;  // what somebody else left waiting in this browser is not ours to send
  const PAUSE = "outbox-pause", SENDER = "outbox-sender";
  const me = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  const tabs = new BroadcastChannel(PREFIX);   // only those of the same person
  let made = 0, failures = 0, renewals = 0, draining = false, wanted = false, timer = 0, triedAt = -Infinity;

  // --- What waits: one entry of the storage each, so that tabs never overwrite each other's ----------------------
  const slots = () => memory.browser.keys().filter((slot) => slot.startsWith(PREFIX)).sort();
  const read = (slot) => JSON.parse(memory.browser.get(slot));
  const waiting = () => (viewer ? slots().map(read).filter(Boolean) : []);
  const nextSlot = () => `${PREFIX}${String(Date.now()).padStart(14, "0")}-${String(made++).padStart(4, "0")}-${me}`;

  // The newest body for a key takes the place of the one that waits.
  function send(method, path, body = null, { key } = {}) {
    const slot = (key && slots().find((slot) => read(slot)?.key === key)) || nextSlot();
    const item = { id: slot.slice(PREFIX.length), key, method, path, body, at: Date.now(), nonce: made++ };
    if (!keep(slot, item)) {
      settled("refused", item, { status: 0, message: "Too much waits to be sent; this was not kept." });
      return null;
    }
    setTimeout(show, QUIET);
    document.dispatchEvent(new CustomEvent("outbox:queued", { detail: item }));
    drain();
    return item.id;
  }

  function keep(slot, item) {
    if (!viewer || slots().length >= LIMIT) return false;
    if (memory.browser.set(slot, JSON.stringify(item))) return true;
    memory.browser.remove(slot);       // the storage is full
    return false;
  }

  // --- Sending ---------------------------------------------------------------------------------------------------
  async function drain() {
    wanted = true;
    if (draining || !viewer) return;
    draining = true;
    while (wanted) {
      wanted = false;
      await asSender(sendAll);
    }
    draining = false;
    show();
  }

  // One tab at a time: by the browser's locks, which it has over HTTPS only, else by a lease.
  async function asSender(work) {
    if (!slots().length) return;
    if (navigator.locks) return navigator.locks.request("outbox", work);
    if (!(await leased())) return later(LEASE_RACE * (2 + Math.random()));
    await work();
    if (leaseOf()[0] === me) memory.browser.remove(SENDER);
  }

  const leaseOf = () => (memory.browser.get(SENDER) ?? " 0").split(" ");
  async function leased() {
    const [holder, until] = leaseOf();
    if (holder !== me && Number(until) > Date.now()) return false;
    renewLease();
    await new Promise((resolve) => setTimeout(resolve, LEASE_RACE));
    return leaseOf()[0] === me;
  }

  function renewLease() {
    if (!navigator.locks) memory.browser.set(SENDER, `${me} ${Date.now() + LEASE}`);
  }

  async function sendAll() {
    for (let slot; (slot = slots()[0]); ) {
      const pause = Number(memory.browser.get(PAUSE) ?? 0) - Date.now();
      if (pause > 0 || !navigator.onLine) return later(Math.max(pause, RETRY_FIRST));
      if (!navigator.locks && leaseOf()[0] !== me) return later(LEASE_RACE);
      renewLease();
      if (!(await deliver(slot))) return;
    }
  }

  // False where it has to wait.
  async function deliver(slot) {
    const raw = memory.browser.get(slot), item = read(slot);
    if (!item) return true;            // another tab was quicker
    triedAt = performance.now();
    const answer = await request(item.method, item.path, item.body);
    if (!answer || answer.status >= 500 || [408, 425, 429].includes(answer.status)) return postpone(answer);
    const { data, error } = await answer.json().catch(() => ({}));
    if (answer.status === 401) return error?.details?.viewer ? waitForThem() : renewLogin();
    failures = renewals = 0;
    memory.browser.remove(PAUSE);
    if (memory.browser.get(slot) === raw) memory.browser.remove(slot);   // else a newer body has come meanwhile
    if (answer.ok) settled("sent", item, { status: answer.status, answer: data });
    else settled("refused", item, { status: answer.status, message: error?.message ?? "It was refused." });
    return true;
  }

  function request(method, path, body) {
    const headers = { Accept: "application/json", "X-Viewer": viewer, ...(body && { "Content-Type": "application/json" }) };
    const options = { method, headers, body: body && JSON.stringify(body), keepalive: true };
    return fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  }

  // The pause is everybody's: what one tab was told to wait for, the others must not ask for.
  function postpone(answer) {
    const delay = Math.min(RETRY_MOST, RETRY_FIRST * 2 ** failures++) * (0.7 + 0.6 * Math.random());
    const asked = Number(answer?.headers.get("Retry-After")) * 1000 || 0;
    if (answer) memory.browser.set(PAUSE, Date.now() + Math.max(delay, asked));
    later(Math.max(delay, asked));
    return false;
  }

  async function renewLogin() {
    const answer = await request("POST", "/api/v1/auth/refresh");
    return answer?.ok && renewals++ < 2 ? true : waitForThem();
  }

  // Nobody is logged in, or somebody else is: it is kept until they are back.
  function waitForThem() {
    later(LOGIN_RETRY);
    return false;
  }

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(drain, delay);
    show();
  }

  // --- Telling ---------------------------------------------------------------------------------------------------
  function settled(what, { id, key, method, path }, outcome) {
    const detail = { id, key, method, path, ...outcome };
    tabs.postMessage([what, detail]);
    tell(what, detail);
  }

  function tell(what, detail) {
    document.dispatchEvent(new CustomEvent(`outbox:${what}`, { detail }));
    show();
  }

  function show() {
    if (!place) return;
    const old = waiting().filter(({ at }) => Date.now() - at >= QUIET || !navigator.onLine).length;
    const text = old ? `${old} ${old === 1 ? "change waits" : "changes wait"} to be sent` : "";
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !old;
  }

  // --- Forms that need not wait ----------------------------------------------------------------------------------
  function submitted(event) {
    const form = event.target.closest("form[data-outbox]");
    if (!form || !viewer || event.defaultPrevented) return;
    event.preventDefault();
    send("POST", form.dataset.outboxPath, fieldsOf(form), { key: form.dataset.outbox || undefined });
  }

  function fieldsOf(form) {
    const filled = [...form.elements].filter((field) => field.name && field.value !== "" && !field.disabled);
    const entries = filled.map(({ name, type, value }) => [name, /number|range/.test(type) ? Number(value) : value]);
    return entries.length ? Object.fromEntries(entries) : null;
  }

  // --- Wiring ----------------------------------------------------------------------------------------------------
  // The stream speaks, so the server is there again.
  function backAgain() {
    if (failures && performance.now() - triedAt > RETRY_FIRST) drain();
  }

  function online() {
    failures = 0;
    drain();
  }

  if (viewer) {
    tabs.onmessage = ({ data: [what, detail] }) => tell(what, detail);
    addEventListener("online", online);
    addEventListener("offline", show);
    addEventListener("storage", show);
    document.addEventListener("submit", submitted);
    stream.line?.addEventListener("stream:heard", backAgain);
    drain();
  }

  return { send, waiting };
})();
