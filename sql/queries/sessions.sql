-- name: start
insert into runs (id, user_id, app, started_at) values (%(id)s, %(user_id)s, %(app)s, %(started_at)s);

-- name: find
-- The runs that claims point to.
select id, user_id, app, started_at, ended_at from runs where id = any(%(ids)s::uuid[]);

-- name: finish
-- Each of these runs was scored by an action and is over.
update runs r set ended_at = %(at)s, scored_by = f.action_id
from unnest(%(ids)s::uuid[], %(action_ids)s::text[]) as f (id, action_id)
where r.id = f.id;
