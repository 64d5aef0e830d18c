// Follows one board with the npm package eventsource: `node follow.mjs URL LIMIT`.
// Prints a line of JSON for each thing that happens; tests/clients/follow.py prints the same.
import { EventSource } from "eventsource";

const [url, limit] = process.argv.slice(2);
const say = (what) => console.log(JSON.stringify(what));
const rows = new Map();  // position → entry

function watchedFetch(address, options) {
  say({ asks: options.headers["Last-Event-ID"] ?? "" });
  return fetch(address, options);
}

const stream = new EventSource(url, { fetch: watchedFetch });

stream.addEventListener("leaderboard.update", (event) => {
  const { snapshot, entries, total, version } = JSON.parse(event.data);
  if (snapshot) rows.clear();
  for (const entry of entries) rows.set(entry.position, entry);
  for (const position of rows.keys()) if (position > Math.min(limit, total)) rows.delete(position);
  const leaderboard = [...rows.values()].sort((a, b) => a.position - b.position);
  say({ board: { leaderboard, total, version } });
});
stream.addEventListener("heartbeat", (event) => say({ heartbeat: event.lastEventId }));
stream.addEventListener("history.truncated", () => say({ truncated: true }));
stream.addEventListener("error", () => say({ lost: true }));
