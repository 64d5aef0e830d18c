-- name: create
insert into announcements (id, title, message, type, priority, target_roles, target_users, expires_at,
                           created_by, created_at)
values (%(id)s, %(title)s, %(message)s, %(type)s, %(priority)s, %(roles)s, %(users)s::uuid[], %(expires_at)s,
        %(by)s, %(at)s);

-- name: recent
-- The newest announcements first, with how many they reached and how many read them.
select id, title, message, type, priority, target_roles, target_users, expires_at, created_at, heard.*
from (select * from announcements order by created_at desc, id desc limit %(limit)s) newest
cross join lateral (
  select count(*), count(receipts.read_at) from receipts where announcement_id = newest.id
) heard
order by created_at desc, id desc;

-- name: known_users
-- Those of the users who exist.
select id from users where id = any(%(users)s::uuid[]);

-- name: deaf
-- Those of the users whom nothing of this category reaches at once.
select user_id from preferences
where user_id = any(%(users)s::uuid[])
  and not (coalesce((settings ->> %(category)s)::boolean, true)
           and coalesce((settings ->> 'realTimeNotifications')::boolean, true));
