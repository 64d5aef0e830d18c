-- name: start
-- A new run; the player's name, by which it is shown.
with run as (
  insert into runs (id, user_id, app, started_at) values (%(id)s, %(user_id)s, %(app)s, %(started_at)s)
)
select username from users where id = %(user_id)s;

-- name: find
-- The runs that claims point to.
select id, user_id, app, started_at, ended_at from runs where id = any(%(ids)s::uuid[]);

-- name: finish
-- Each of these runs was scored by an action and is over.
update runs r set ended_at = %(at)s, scored_by = f.action_id, unverified = f.unverified
from unnest(%(ids)s::uuid[], %(action_ids)s::text[], %(unverified)s::boolean[]) as f (id, action_id, unverified)
where r.id = f.id;

-- name: known
-- Runs as they are shown.
select r.id, r.user_id, u.username, r.app, r.started_at, r.ended_at, r.scored_by
from runs r join users u on u.id = r.user_id
where r.id = any(%(ids)s::uuid[]);

-- name: open_of_player
-- A player's open runs, the newest first.
select r.id, r.user_id, u.username, r.app, r.started_at, r.ended_at, r.scored_by
from runs r join users u on u.id = r.user_id
where r.user_id = %(user_id)s and r.ended_at is null
order by r.started_at desc, r.id;

-- name: newest
-- A page of the open runs, of one app or (null) of all.
select r.id, r.user_id, u.username, r.app, r.started_at, r.ended_at, r.scored_by
from runs r join users u on u.id = r.user_id
where r.ended_at is null and (%(app)s::text is null or r.app = %(app)s::text)
order by r.started_at desc, r.id limit %(limit)s offset %(offset)s;

-- name: open_after
-- The open runs behind an id, in the order of their ids: a page of a walk through all of them.
select r.id, r.user_id, u.username, r.app, r.started_at, r.ended_at, r.scored_by
from runs r join users u on u.id = r.user_id
where r.ended_at is null and r.id > %(after)s
order by r.id limit %(limit)s;

-- name: end
-- Those of the runs that are still open end unscored. Under the turnstile: an action that scores one is seen here, or
-- sees that it has ended.
update runs r set ended_at = clock_timestamp()
from users u
where r.id = any(%(ids)s::uuid[]) and r.ended_at is null and u.id = r.user_id
returning r.id, r.user_id, u.username, r.app, r.started_at, r.ended_at, r.scored_by;

-- name: unverified
-- Those of the actions whose run could not be compared with them.
select r.user_id, r.scored_by, r.id
from unnest(%(users)s::uuid[], %(action_ids)s::text[]) as a (user_id, action_id)
join runs r on r.unverified and r.user_id = a.user_id and r.scored_by = a.action_id;
