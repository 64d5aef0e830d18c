-- name: append
-- The next places in the log, and what stands there. The row of `commits` stays locked until the commit, so that
-- places become visible in their order.
with place as (update commits set events = events + %(count)s returning events - %(count)s as before)
insert into events (position, name, type, data, entity_type, entity_id, created_by)
select place.before + e.number, e.name, e.type, e.data::json, e.entity_type, e.entity_id, e.created_by
from place, unnest(%(names)s::text[], %(types)s::text[], %(data)s::text[], %(entity_types)s::text[],
                   %(entity_ids)s::text[], %(creators)s::uuid[])
  with ordinality as e (name, type, data, entity_type, entity_id, created_by, number);

-- name: ends
-- The last place in the log, and the highest up to which anything was forgotten.
select events, coalesce((select max(position) from forgotten), 0) from commits;

-- name: newer
-- What every process reads as it is written, with the end of the log; at least one row, to tell that.
select c.events, e.position, e.name, e.type, e.data, e.created_at
from commits c
left join lateral (
  select position, name, type, data::text, created_at from events
  where position > %(after)s order by position limit %(limit)s
) e on true
order by e.position;

-- name: give_up
-- Places up to this one are not to be found, although they were handed out: who asks for them is told, and a log that
-- was put back goes on behind them, so that no place ever names two events.
with beyond as (update commits set events = %(position)s where events < %(position)s)
insert into forgotten (name, position) select '*', %(position)s
where not exists (select from forgotten where position >= %(position)s)
on conflict (name) do update set position = greatest(forgotten.position, excluded.position);

-- name: replay
-- What happened under some names after a place, with the end of the log and how far which of them was forgotten; at
-- least one row, to tell those.
select c.events, f.gone, e.position, e.name, e.type, e.data, e.created_at
from commits c
cross join (
  select coalesce(json_object_agg(name, position), '{}')::text as gone
  from forgotten where name = any(%(names)s::text[]) or name = '*'
) f
left join lateral (
  select found.position, found.name, found.type, found.data::text, found.created_at
  from unnest(%(names)s::text[]) as wanted (name)
  cross join lateral (
    select * from events where events.name = wanted.name and events.position > %(after)s
    order by events.position limit %(limit)s
  ) found
  order by found.position limit %(limit)s
) e on true
order by e.position;

-- name: forget_old
-- Events past their time, some at once, oldest first.
with old as (
  delete from events
  where position in (select position from events order by position limit %(limit)s)
    and created_at < clock_timestamp() - make_interval(secs => %(seconds)s)
  returning position
), mark as (
  insert into forgotten (name, position) select '*', max(position) from old having count(*) > 0
  on conflict (name) do update set position = greatest(forgotten.position, excluded.position)
)
select count(*) from old;

-- name: count
-- How many events are kept.
select count(*) from events;

-- name: shrink
-- The oldest events of public feeds, where the log has grown too long.
with old as (
  delete from events
  where position in (
    select position from events where name = any(%(names)s::text[]) order by position limit %(limit)s
  )
  returning name, position
), mark as (
  insert into forgotten (name, position) select name, max(position) from old group by name
  on conflict (name) do update set position = greatest(forgotten.position, excluded.position)
)
select count(*) from old;
