-- name: keep
-- Notices for their users' inboxes, as far as their preferences let them through: (which of those given, id, time) of
-- those that are to be told at once.
with given as (
  select number, user_id, category, title, message, type, priority, link
  from unnest(%(users)s::uuid[], %(categories)s::text[], %(titles)s::text[], %(messages)s::text[], %(types)s::text[],
              %(priorities)s::text[], %(links)s::text[])
    with ordinality as g (user_id, category, title, message, type, priority, link, number)
), wanted as materialized (
  select given.*, gen_random_uuid() as id, clock_timestamp() as at,
         given.priority = 'CRITICAL' or coalesce((settings ->> 'realTimeNotifications')::boolean, true) as is_told
  from given
  join users on users.id = given.user_id
  left join preferences on preferences.user_id = given.user_id
  where given.priority = 'CRITICAL' or coalesce((settings ->> given.category)::boolean, true)
), kept as (
  insert into notices (id, user_id, category, title, message, type, priority, link, created_at)
  select id, user_id, category, title, message, type, priority, link, at from wanted
)
select number, id, at from wanted where is_told order by number;

-- name: page
-- What a user finds, the newest first, from below a place.
select id, category, title, message, type, priority, link, created_at, expires_at, read_at
from inbox(%(user)s, %(since)s)
where (created_at, id) < (%(at)s, %(id)s) and (not %(unread)s or read_at is null)
order by created_at desc, id desc limit %(limit)s;

-- name: unread
-- How much of it was not read yet.
select count(*) from inbox(%(user)s, %(since)s) where read_at is null;

-- name: find
-- One of the things that a user finds.
select id, category, title, message, type, priority, link, created_at, expires_at, read_at
from inbox(%(user)s, %(since)s) where id = %(id)s;

-- name: read
-- One of the things that a user finds, or all, were read: how many of them for the first time. Rows are locked in the
-- order of their ids, as where it is written who was reached, so that neither waits for the other in a circle.
with news as materialized (
  select id, is_notice from inbox(%(user)s, %(since)s)
  where read_at is null and (%(id)s::uuid is null or id = %(id)s)
), own as materialized (
  select id from notices where user_id = %(user)s and id in (select id from news where is_notice)
  order by id for no key update
), noticed as (
  update notices set read_at = %(at)s, reached_at = coalesce(reached_at, %(at)s) where id in (select id from own)
), announced as (
  insert into receipts (announcement_id, user_id, reached_at, read_at)
  select id, %(user)s, %(at)s, %(at)s from news where not is_notice order by id
  on conflict (announcement_id, user_id) do update set read_at = coalesce(receipts.read_at, excluded.read_at)
)
select count(*) from news;

-- name: reached
-- What users were handed, notices or announcements; whoever else writes some of the same does it in the same order.
with given as materialized (
  select distinct id, user_id from unnest(%(ids)s::uuid[], %(users)s::uuid[]) as g (id, user_id)
), noticed as materialized (
  select notices.id from notices join given on given.id = notices.id and given.user_id = notices.user_id
  where reached_at is null order by notices.id for no key update of notices
), noted as (
  update notices set reached_at = clock_timestamp() where id in (select id from noticed)
)
insert into receipts (announcement_id, user_id, reached_at)
select announcements.id, users.id, clock_timestamp()
from given join announcements on announcements.id = given.id join users on users.id = given.user_id
order by 1, 2
on conflict do nothing;

-- name: forget_notices
-- Notices that no inbox shows any more.
delete from notices where id in (
  select id from notices where created_at < clock_timestamp() - %(kept)s::interval order by created_at limit %(limit)s
);

-- name: forget_announcements
-- Announcements that no inbox shows any more, and their receipts.
delete from announcements where id in (
  select id from announcements where created_at < clock_timestamp() - %(kept)s::interval
  order by created_at limit %(limit)s
);
