-- name: one_by_one
-- Two that overlap must not be made at the same moment. Readers are not kept waiting.
lock table maintenance in share row exclusive mode;

-- name: overlapping
-- One that is at that time too.
select id from maintenance where ended_at is null and starts_at < %(ends)s and ends_at > %(starts)s limit 1;

-- name: schedule
-- It also stands in every inbox until it is over, where nobody has switched off what is CRITICAL.
with noted as (
  insert into announcements (id, title, message, type, priority, expires_at, created_by, created_at)
  values (%(id)s, %(title)s, %(message)s, 'WARNING', 'CRITICAL', %(ends)s, %(by)s, %(at)s)
)
insert into maintenance (id, starts_at, ends_at, message, created_by, created_at)
values (%(id)s, %(starts)s, %(ends)s, %(message)s, %(by)s, %(at)s);

-- name: find
-- One of them, kept as it is until we are done.
select id, starts_at, ends_at, message, started_at, ended_at from maintenance where id = %(id)s for update;

-- name: remove
-- And out of the inboxes.
with noted as (delete from announcements where id = %(id)s)
delete from maintenance where id = %(id)s;

-- name: end_now
with noted as (
  update announcements set expires_at = least(expires_at, %(at)s) where id = %(id)s
)
update maintenance set ends_at = least(ends_at, %(at)s), ended_at = %(at)s where id = %(id)s;

-- name: is_due
-- Whether anything begins or ends; asked twice a second.
select exists (
  select from maintenance
  where ended_at is null and (ends_at <= %(at)s or starts_at <= %(at)s and started_at is null)
);

-- name: end
-- What is over by now.
update maintenance set ended_at = %(at)s where ended_at is null and ends_at <= %(at)s
returning id, starts_at, ends_at, message, started_at, ended_at;

-- name: start
-- What has begun by now and is not over.
update maintenance set started_at = %(at)s where ended_at is null and started_at is null and starts_at <= %(at)s
returning id, starts_at, ends_at, message, started_at, ended_at;

-- name: ahead
-- What is to come or goes on, the next one first.
select id, starts_at, ends_at, message, started_at, ended_at from maintenance
where ended_at is null order by starts_at limit %(limit)s;

-- name: recent
-- All that is known, the latest first.
select id, starts_at, ends_at, message, started_at, ended_at from maintenance order by starts_at desc limit %(limit)s;

-- name: forget
-- Those that are long over.
delete from maintenance where ended_at < clock_timestamp() - %(kept)s::interval;
