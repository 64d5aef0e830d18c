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
