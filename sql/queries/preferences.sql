-- name: find
-- What a user has ever changed.
select settings from preferences where user_id = %(user)s;

-- name: change
-- Some of a user's preferences; all that were ever changed. Every process is told to look anew whether they hide.
with changed as (
  insert into preferences (user_id, settings) values (%(user)s, %(changes)s)
  on conflict (user_id) do update set settings = preferences.settings || excluded.settings
  returning settings
), told as (
  insert into revocations (user_id) select %(user)s where %(changes)s::jsonb ? 'showOnline'
)
select settings from changed;

-- name: hidden
-- Those of some users who do not want to be seen online.
select user_id from preferences where user_id = any(%(users)s::uuid[]) and settings ->> 'showOnline' = 'false';
