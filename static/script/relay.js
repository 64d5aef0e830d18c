// One stream for all tabs that want it: whoever leads reads it and passes on whole messages, the others get an answer
// made of them. hx-sse knows no difference, so a tab that follows goes the same way as one that reads by itself.
const relay = (() => {
  "use strict";
  const SILENCE = 5000;                // ms without a word from its leader after which a tab looks for another
  const LOOK = 500;                    // ms
  const STREAM = "text/event-stream";
  // What is no state: newcomers are not told of it. Messages with an id are of a log, which tells once.
  const PASSING = ["heartbeat", "busy", "error", "stream.rotate", "auth.expiring", "auth.expired"];

  const { me, say, hear } = seats;
  const now = () => performance.now();

  // --- The leader ------------------------------------------------------------------------------------------------
  const states = new Map();            // what each state channel told last that is no markup, and how the stream began
  const versions = {};                 // channel → what its last markup showed

  async function lead(url, request) {
    const answer = await fetch(url, request);
    if (!answer.headers.get("Content-Type")?.includes(STREAM)) return answer;
    states.clear();
    for (const channel of Object.keys(versions)) delete versions[channel];
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    async function pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value);
      rest += decoder.decode(value, { stream: true });
      const end = rest.lastIndexOf("\n\n");
      if (end < 0) return;
      pass(rest.slice(0, end + 2));
      rest = rest.slice(end + 2);
    }
    return new Response(new ReadableStream({ pull, cancel: (why) => reader.cancel(why) }), { headers: answer.headers });
  }

  function pass(text) {
    if (!seats.leads()) return;
    say("frames", text);
    text.split("\n\n").forEach(keep);
  }

  const field = (frame, name) => new RegExp(`^${name}: ?(.*)$`, "m").exec(frame)?.[1];

  function keep(frame) {
    const name = field(frame, "event");
    if (!name) return noteVersions(frame);
    if (name !== "connected" && (PASSING.includes(name) || field(frame, "id"))) return;
    const data = JSON.parse(field(frame, "data"));
    if (name === "connected") delete data.timestamp;   // when it began says nothing about how long it takes to a newcomer
    states.set([name, data.channel, data.board].join(" "), `event: ${name}\ndata: ${JSON.stringify(data)}`);
  }

  function noteVersions(markup) {
    for (const [tag] of markup.matchAll(/<section [^>]*>/g)) {
      const value = (name) => new RegExp(`data-${name}="([^"]*)"`).exec(tag)?.[1];
      if (value("channel")) versions[value("channel")] = value("version");
    }
  }

  // What a newcomer would have heard; of boards only which version the stream has come to.
  function story() {
    const told = [...states.values(), `event: stream.reached\ndata: ${JSON.stringify(versions)}`];
    return states.size ? told.map((frame) => `${frame}\n\n`).join("") : "";
  }

  hear("joins", (who, theirs) => { if (seats.leads(theirs)) say("welcome", who, story()); });

  // --- Who follows -----------------------------------------------------------------------------------------------
  let guest = null;                    // who is followed, and where to what they say goes

  function follow(wanted, signal) {
    return new Promise((resolve) => {
      end("");                         // nobody follows twice
      let controller;
      const body = new ReadableStream({ start: (made) => { controller = made; }, cancel: () => forget(body) });
      guest = { wanted, controller, body, resolve, leader: null, heardAt: now(), begun: false };
      signal?.addEventListener("abort", () => end(""));
      say("joins");
    });
  }

  function forget(body) {
    if (guest?.body === body) guest = null;
  }

  function take(text) {
    guest.heardAt = now();
    if (!text) return;
    guest.controller.enqueue(new TextEncoder().encode(text));
    if (!guest.begun) guest.resolve(new Response(guest.body, { headers: { "Content-Type": STREAM } }));
    guest.begun = true;
  }

  // `last`: what the tab is told before.
  function end(last) {
    if (!guest) return;
    const { begun, controller, resolve } = guest;
    if (begun && last) take(last);
    guest = null;
    controller.close();
    if (!begun) resolve(new Response(null, { status: 204 }));   // as if nobody had answered
  }

  // The next leader is looked for at once, as after a stream that ends on purpose.
  const endGently = () => end("event: stream.rotate\ndata: {}\n\n");

  hear("welcome", (leader, theirs, who, text) => {
    if (who !== me || !guest || guest.wanted !== theirs || guest.leader === leader) return;
    guest.leader = leader;
    take(text);
  });
  hear("frames", (leader, theirs, text) => {
    if (guest?.leader === leader && guest.wanted === theirs) take(text);
  });
  hear("leads", (leader, theirs) => {
    if (guest?.wanted !== theirs) return;
    if (guest.leader === leader) guest.heardAt = now();
    else if (guest.leader === null) say("joins");
  });
  hear("leaves", (leader, theirs, handsOver) => {
    if (guest?.leader !== leader) return;
    if (handsOver) endGently();
    else end("");
  });
  setInterval(() => { if (guest && now() - guest.heardAt > SILENCE) endGently(); }, LOOK);

  return { lead, follow };
})();
