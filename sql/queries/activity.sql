-- name: record
-- What the feed shall tell of, in the order in which it happened.
insert into activity_pending (kind, user_id, board, data)
select e.kind, e.user_id, e.board, e.data::json
from unnest(%(kinds)s::text[], %(users)s::uuid[], %(boards)s::text[], %(data)s::text[])
  with ordinality as e (kind, user_id, board, data, number)
order by e.number;

-- name: is_pending
-- Whether there is anything to tell.
select exists (select from activity_pending);

-- name: alone
-- Until the end of the transaction nobody else tells anything.
select pg_advisory_xact_lock(%(lock)s);

-- name: pending
-- What waits, the oldest first.
select p.id, p.kind, p.user_id, u.username, p.board, b.title, p.data::text, p.created_at
from activity_pending p
join users u on u.id = p.user_id
left join boards b on b.slug = p.board
order by p.id limit %(limit)s;

-- name: told_lately
-- What was told within some seconds, and how long ago.
select kind, user_id, subject, extract(epoch from clock_timestamp() - created_at)::float8
from activity where created_at > clock_timestamp() - make_interval(secs => %(seconds)s);

-- name: publish
-- Entries of the feed in the order in which they are told; what they were folded from waits no more.
with gone as (delete from activity_pending where id = any(%(pending)s::bigint[]))
insert into activity (kind, user_id, subject, data)
select e.kind, e.user_id, e.subject, e.data::json
from unnest(%(kinds)s::text[], %(users)s::uuid[], %(subjects)s::text[], %(data)s::text[])
  with ordinality as e (kind, user_id, subject, data, number)
order by e.number
returning id;

-- name: page
-- The feed before a place, the newest first.
select id, kind, data::text, created_at from activity where id < %(before)s order by id desc limit %(limit)s;

-- name: page_of_kind
-- The same of one kind.
select id, kind, data::text, created_at from activity
where kind = %(kind)s and id < %(before)s order by id desc limit %(limit)s;

-- name: page_of_user
-- The newest of one player.
select id, kind, data::text, created_at from activity where user_id = %(user_id)s order by id desc limit %(limit)s;

-- name: forget
-- Entries beyond the newest so many, some at once.
delete from activity where id in (
  select id from activity where id <= (select max(id) from activity) - %(kept)s order by id limit %(limit)s
);
