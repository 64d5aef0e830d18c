-- name: busy
-- How many actions each of these players had done, each of these included, in the seconds up to it; no further
-- counted than `enough`.
select a.seq, hour.times
from actions a
cross join lateral (
  select count(*) as times from (
    select from actions before
    where before.user_id = a.user_id and before.seq <= a.seq
      and before.accepted_at > a.accepted_at - make_interval(secs => %(seconds)s)
      and before.accepted_at <= a.accepted_at
    limit %(enough)s
  ) counted
) hour
where a.seq = any(%(seqs)s::bigint[]);

-- name: earlier
-- What players' latest actions of a type before a place did to boards, the oldest first; voided ones do not count.
select wanted.user_id, wanted.action_type, done.effects
from unnest(%(users)s::uuid[], %(types)s::text[], %(seqs)s::bigint[], %(ats)s::timestamptz[])
  as wanted (user_id, action_type, seq, at)
cross join lateral (
  select latest.seq, latest.effects from (
    select a.seq, a.action_type, a.effects from actions a
    where a.user_id = wanted.user_id and a.seq < wanted.seq and a.accepted_at <= wanted.at and a.voided_at is null
    order by a.accepted_at desc, a.seq desc limit %(look_back)s
  ) latest
  where latest.action_type = wanted.action_type
  order by latest.seq desc limit %(values)s
) done
order by done.seq;

-- name: raise_all
-- New flags, each once, and none of what was voided meanwhile, but of what a void has left behind; of refused actions,
-- those of a player and kind are one while it is open. The first of its player and kind within so many
-- seconds alerts.
with raised as (
  insert into flags (kind, user_id, action_id, summary, details, alerted)
  select f.kind, f.user_id, f.action_id, f.summary, f.details::jsonb,
         row_number() over (partition by f.user_id, f.kind order by f.number) = 1
         and not exists (
           select from flags known
           where known.user_id = f.user_id and known.kind = f.kind and known.alerted
             and known.created_at > clock_timestamp() - make_interval(secs => %(quiet)s)
         )
  from unnest(%(kinds)s::text[], %(users)s::uuid[], %(action_ids)s::text[], %(summaries)s::text[],
              %(details)s::text[])
    with ordinality as f (kind, user_id, action_id, summary, details, number)
  where f.kind = 'award_of_void' or not exists (
    select from actions a
    where a.user_id = f.user_id and a.action_id = f.action_id and a.voided_at is not null
  )
  order by f.number
  on conflict do nothing
  returning place, kind, user_id, action_id, summary, alerted
)
select raised.kind, u.username, raised.action_id, raised.summary
from raised join users u on u.id = raised.user_id
where raised.alerted
order by raised.place;

-- name: page
-- Flags, the newest first; every condition may be null for "any".
select f.id, f.kind, f.user_id, u.username, f.action_id, f.summary, f.details, f.created_at,
       f.resolution, f.resolved_at, f.resolved_by, f.note
from flags f join users u on u.id = f.user_id
where (%(open)s::boolean is null or (f.resolved_at is null) = %(open)s::boolean)
  and (%(kind)s::text is null or f.kind = %(kind)s::text)
  and (%(user)s::uuid is null or f.user_id = %(user)s::uuid)
  and (%(before)s::uuid is null or f.place < (select place from flags where id = %(before)s::uuid))
order by f.place desc limit %(limit)s;

-- name: find
-- One flag as it stands.
select f.id, f.kind, f.user_id, u.username, f.action_id, f.summary, f.details, f.created_at,
       f.resolution, f.resolved_at, f.resolved_by, f.note
from flags f join users u on u.id = f.user_id
where f.id = %(id)s;

-- name: resolve
-- An admin has looked at an open flag.
update flags set resolved_at = clock_timestamp(), resolved_by = %(by)s, resolution = %(resolution)s, note = %(note)s
where id = %(id)s and resolved_at is null;

-- name: confirm_for
-- What was said of an action that is voided now was right.
update flags set resolved_at = %(at)s, resolved_by = %(by)s, resolution = 'confirmed', note = %(note)s
where user_id = %(user_id)s and action_id = %(action_id)s and resolved_at is null
returning id;
