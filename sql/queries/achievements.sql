-- name: catalogue
-- Every achievement and the version of the catalogue, from one snapshot.
select c.catalog, a.slug, a.title, a.description, a.icon, a.points, a.rule::text
from commits c left join achievements a on true
order by a.place;

-- name: look
-- How far awards have come, the version of the catalogue, the moment, and whether there is more to see: commits, or
-- achievements that some may have earned before.
select f.seq, c.catalog, clock_timestamp(),
       exists (select from actions where seq > f.seq) or exists (select from actions where voided_seq > f.seq),
       exists (select from backfills)
from followers f, commits c where f.name = %(name)s;

-- name: page
-- What was committed after a place, actions and voids, in commit order and from one snapshot, with the version of the
-- catalogue that they belong to.
select k.catalog, c.seq, c.user_id, c.action_id, c.action_type, c.effects, c.metadata, c.at, c.is_void, u.time_zone
from (
  (select seq, user_id, action_id, action_type, effects, metadata::text, accepted_at as at, false as is_void
   from actions where seq > %(seq)s order by seq limit %(limit)s)
  union all
  (select voided_seq, user_id, action_id, action_type, effects, metadata::text, voided_at, true
   from actions where voided_seq > %(seq)s order by voided_seq limit %(limit)s)
) c
join users u on u.id = c.user_id
cross join commits k
order by c.seq limit %(limit)s;

-- name: streaks
-- The streaks of some players; nulls for who has none yet.
select w.user_id, s.last_day, s.last_at, s.time_zone, s.days, s.best
from unnest(%(users)s::uuid[]) as w (user_id) left join streaks s on s.user_id = w.user_id;

-- name: earlier_days
-- When players did something up to a place, no finer than days need: every zone's midnight is at a quarter of an hour.
select a.user_id, u.time_zone, min(a.accepted_at) as at
from actions a join users u on u.id = a.user_id
where a.user_id = any(%(users)s::uuid[]) and a.seq <= %(seq)s
group by a.user_id, u.time_zone, date_bin('15 minutes', a.accepted_at, '2000-01-01T00:00:00Z')
order by a.user_id, at;

-- name: keep_streaks
-- The streaks as they are now.
insert into streaks (user_id, last_day, last_at, time_zone, days, best)
select * from unnest(%(users)s::uuid[], %(last_days)s::date[], %(last_ats)s::timestamptz[], %(zones)s::text[],
                     %(days)s::integer[], %(bests)s::integer[])
on conflict (user_id) do update set last_day = excluded.last_day, last_at = excluded.last_at,
  time_zone = excluded.time_zone, days = excluded.days, best = excluded.best;

-- name: grant
-- Awards, each once per player, and whose they are; those that somebody has already are left as they are.
with granted as (
  insert into awards (user_id, achievement, seq, action_id, earned_at)
  select * from unnest(%(users)s::uuid[], %(slugs)s::text[], %(seqs)s::bigint[], %(action_ids)s::text[],
                       %(ats)s::timestamptz[])
  on conflict (user_id, achievement) do nothing
  returning user_id, achievement
), counted as (
  update achievements a set holders = a.holders + new.times
  from (select achievement, count(*) as times from granted group by achievement) new
  where a.slug = new.achievement
)
select g.user_id, g.achievement, u.username from granted g join users u on u.id = g.user_id;

-- name: earned_by
-- What an action has earned its player.
select achievement from awards where user_id = %(user_id)s and action_id = %(action_id)s order by achievement;

-- name: not_told
-- Which of these, by number, have no unread notice under their link.
select w.number from unnest(%(users)s::uuid[], %(links)s::text[]) with ordinality as w (user_id, link, number)
where not exists (
  select from notices n
  where n.user_id = w.user_id and n.category = %(category)s and n.link = w.link and n.read_at is null
)
order by w.number;

-- name: still
-- The best entries of a board that no commit has changed since a place.
select user_id, score, seq from entries
where board = %(board)s and score is not null and touched <= %(seq)s
order by rank_key, seq limit %(limit)s;

-- name: still_with_ties
-- The same, with all who share the score of the last.
select user_id, score, seq from entries
where board = %(board)s and score is not null and touched <= %(seq)s
order by rank_key fetch first %(limit)s rows with ties;

-- name: as_of
-- Players whose entry was changed after a place, some at once: the last action up to there that changed their score,
-- if any, and whether anything of theirs was ever voided, for then the log alone does not tell.
select t.user_id, last.seq, last.score, exists (
  select from actions gone where gone.user_id = t.user_id and gone.voided_at is not null
)
from (
  select user_id from entries
  where board = %(board)s and touched > %(seq)s and user_id > %(after)s::uuid
  order by user_id limit %(limit)s
) t
left join lateral (
  select a.seq, (fed.effect ->> 'score')::bigint as score
  from actions a cross join lateral jsonb_array_elements(a.effects) as fed (effect)
  where a.user_id = t.user_id and a.seq <= %(seq)s and fed.effect ->> 'board' = %(board)s
    and fed.effect -> 'score' is distinct from fed.effect -> 'previous'
  order by a.accepted_at desc, a.seq desc limit 1
) last on true
order by t.user_id;

-- name: fed_as_of
-- What players' actions fed to a board up to a place, in commit order, without what was void by then.
select a.user_id, a.seq, (fed.effect ->> 'value')::bigint, a.accepted_at
from actions a cross join lateral jsonb_array_elements(a.effects) as fed (effect)
where a.user_id = any(%(users)s::uuid[]) and a.seq <= %(seq)s
  and (a.voided_at is null or a.voided_seq > %(seq)s) and fed.effect ->> 'board' = %(board)s
order by a.seq;

-- name: next_backfill
-- The search that is under way, or begins; who else would go on with it waits.
select achievement, cursor from backfills order by achievement limit 1 for update;

-- name: go_on
-- How far the search has come.
update backfills set cursor = %(cursor)s where achievement = %(slug)s;

-- name: done
-- Everybody who had earned it before has it.
delete from backfills where achievement = %(slug)s;

-- name: at_least
-- Players behind one, some at once, whose present score is at least this good.
select user_id from entries
where board = %(board)s and score is not null and rank_key <= %(rank_key)s and user_id > %(after)s::uuid
order by user_id limit %(limit)s;

-- name: long_streaks
-- Players behind one, some at once, who did something on so many days in a row.
select user_id from streaks where best >= %(days)s and user_id > %(after)s::uuid order by user_id limit %(limit)s;

-- name: done_before
-- Actions behind a place and not beyond another, in commit order.
select seq, user_id, action_id, action_type, metadata::text, accepted_at, voided_at is not null
from actions where seq > %(after)s and seq <= %(until)s order by seq limit %(limit)s;

-- name: listed
-- Every achievement in the order of the list, and how many players have it.
select slug, title, description, icon, points, rule::text, holders from achievements order by place;

-- name: player
-- What anybody may see of a player; their zone only to tell which day it is for them.
select u.id, u.username, u.avatar_url, u.time_zone, s.last_day, s.last_at, s.time_zone, s.days, s.best
from users u left join streaks s on s.user_id = u.id where u.id = %(id)s;

-- name: earned
-- What a player has earned, the newest first.
select achievement, earned_at from awards where user_id = %(id)s order by earned_at desc, seq desc, achievement;

-- name: create
insert into achievements (slug, title, description, icon, points, rule)
values (%(slug)s, %(title)s, %(description)s, %(icon)s, %(points)s, %(rule)s::jsonb)
on conflict (slug) do nothing;

-- name: begin_backfill
-- Who has earned it before shall have it too.
insert into backfills (achievement) values (%(slug)s);

-- name: edit
-- What is shown of it; what was not sent stays.
update achievements set title = coalesce(%(title)s, title), description = coalesce(%(description)s, description),
  icon = coalesce(%(icon)s, icon), points = coalesce(%(points)s, points)
where slug = %(slug)s;

-- name: find
-- One achievement, and how many players have it.
select slug, title, description, icon, points, rule::text, holders from achievements where slug = %(slug)s;
