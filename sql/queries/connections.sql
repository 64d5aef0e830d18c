-- name: write
-- What became of some connections: opened, told who they are, closed. The last word on each counts. Times in seconds
-- since the epoch.
insert into connections (session_id, process, user_id, transport, address, agent, opened_at, closed_at, reason)
select c.session_id, left(c.session_id::text, 8), c.user_id, c.transport, c.address, c.agent,
       to_timestamp(c.opened_at), to_timestamp(c.closed_at), c.reason
from unnest(%(sessions)s::uuid[], %(users)s::uuid[], %(transports)s::text[], %(addresses)s::text[],
            %(agents)s::text[], %(opened)s::float8[], %(closed)s::float8[], %(reasons)s::text[])
  as c (session_id, user_id, transport, address, agent, opened_at, closed_at, reason)
on conflict (session_id) do update
set user_id = coalesce(excluded.user_id, connections.user_id),
    closed_at = coalesce(excluded.closed_at, connections.closed_at),
    reason = coalesce(excluded.reason, connections.reason);

-- name: page
-- The newest first; of one user, or of all.
select c.place, c.session_id, c.user_id, u.username, c.transport, c.address, c.agent, c.opened_at, c.closed_at, c.reason
from connections c left join users u on u.id = c.user_id
where (%(user)s::uuid is null or c.user_id = %(user)s::uuid) and c.place < %(before)s
order by c.place desc limit %(limit)s;

-- name: open_processes
-- Processes that did not write down the end of all that they had.
select distinct process from connections where closed_at is null;

-- name: close_lost
-- Connections of processes that are not there any more ended with them, nobody knows when.
update connections set closed_at = clock_timestamp(), reason = 'lost'
where closed_at is null and process = any(%(processes)s::text[]);

-- name: forget
-- What is older than the history reaches back; the oldest first, so many at a time.
delete from connections where place in (
  select place from connections where opened_at < clock_timestamp() - %(kept)s::interval order by opened_at
  limit %(limit)s
);
