-- name: catalogue
-- Every action type and the version of the catalogue, from one snapshot.
select c.catalog, t.slug, t.points_fixed, t.points_field, t.points_min, t.points_max,
       t.boards, t.bounds, t.cooldown_seconds, t.daily_cap, t.requires_session
from commits c left join action_types t on true
order by t.slug;

-- name: known
-- Those of the claimed action ids that were processed before, with their first result.
select a.user_id, a.action_id, a.seq, a.points, a.effects, a.accepted_at
from unnest(%(users)s::uuid[], %(action_ids)s::text[]) as claimed (user_id, action_id)
join actions a using (user_id, action_id);

-- name: of_type
-- The last time each player did an action of a type that limits itself, and how often today (UTC).
select claimed.user_id, claimed.action_type, last.at, today.times
from unnest(%(users)s::uuid[], %(types)s::text[]) as claimed (user_id, action_type)
cross join lateral (
  select max(accepted_at) as at from actions a
  where a.user_id = claimed.user_id and a.action_type = claimed.action_type
    and a.accepted_at > clock_timestamp() - make_interval(secs => %(longest)s)
) last
cross join lateral (
  select count(*) as times from actions a
  where a.user_id = claimed.user_id and a.action_type = claimed.action_type
    and a.accepted_at >= date_trunc('day', clock_timestamp(), 'UTC')
) today;

-- name: players
-- What is shown of each player, and when they acted within the sliding window: the last `quota` times, more change
-- nothing.
select u.id, u.username, u.avatar_url, (
  select array_agg(accepted_at order by accepted_at) from (
    select accepted_at from actions a
    where a.user_id = u.id and a.accepted_at > clock_timestamp() - make_interval(secs => %(seconds)s)
    order by accepted_at desc limit %(quota)s
  ) newest
)
from users u where u.id = any(%(users)s::uuid[]);

-- name: present
-- The scores that the claims build on, and the commit that each board stands at; nulls for who has no entry.
select wanted.board, b.seq, wanted.user_id, e.score, e.seq, e.points, e.achieved_at
from unnest(%(boards)s::text[], %(users)s::uuid[]) as wanted (board, user_id)
join boards b on b.slug = wanted.board
left join entries e on e.board = wanted.board and e.user_id = wanted.user_id;

-- name: write
-- All that a batch leaves behind, in one statement: the action log; the entries, whose scores are absolute, so that
-- writing them twice changes nothing; the boards, and the commit order, which stand at this commit now.
with logged as (
  insert into actions (user_id, action_id, action_type, seq, points, effects, signature, metadata, request_id,
                       claimed_at, accepted_at)
  select a.user_id, a.action_id, a.action_type, a.seq, a.points, a.effects::jsonb, a.signature, a.metadata::jsonb,
         a.request_id, a.claimed_at, %(at)s
  from unnest(%(users)s::uuid[], %(action_ids)s::text[], %(types)s::text[], %(seqs)s::bigint[],
              %(points)s::numeric[], %(effects)s::text[], %(signatures)s::text[], %(metadata)s::text[],
              %(request_ids)s::text[], %(claimed)s::timestamptz[])
    as a (user_id, action_id, action_type, seq, points, effects, signature, metadata, request_id, claimed_at)
), scored as (
  insert into entries (board, user_id, score, rank_key, seq, touched, points, achieved_at)
  select e.board, e.user_id, e.score, e.rank_key, e.seq, %(seq)s, e.points, e.achieved_at
  from unnest(%(entry_boards)s::text[], %(entry_users)s::uuid[], %(scores)s::bigint[], %(rank_keys)s::bigint[],
              %(entry_seqs)s::bigint[], %(entry_points)s::numeric[], %(achieved)s::timestamptz[])
    as e (board, user_id, score, rank_key, seq, points, achieved_at)
  on conflict (board, user_id) do update set
    score = excluded.score, rank_key = excluded.rank_key, seq = excluded.seq, touched = excluded.touched,
    points = excluded.points, achieved_at = excluded.achieved_at
), moved as (
  update boards b set seq = %(seq)s, updated_at = %(at)s, entry_count = b.entry_count + t.added
  from unnest(%(boards)s::text[], %(added)s::integer[]) as t (slug, added)
  where b.slug = t.slug
)
update commits set seq = %(seq)s;

-- name: create_type
insert into action_types (slug, points_fixed, points_field, points_min, points_max, boards, bounds,
                          cooldown_seconds, daily_cap, requires_session)
values (%(slug)s, %(points_fixed)s, %(points_field)s, %(points_min)s, %(points_max)s, %(boards)s, %(bounds)s,
        %(cooldown_seconds)s, %(daily_cap)s, %(requires_session)s)
on conflict (slug) do nothing;

-- name: edit_type
update action_types set points_fixed = %(points_fixed)s, points_field = %(points_field)s,
  points_min = %(points_min)s, points_max = %(points_max)s, boards = %(boards)s, bounds = %(bounds)s,
  cooldown_seconds = %(cooldown_seconds)s, daily_cap = %(daily_cap)s, requires_session = %(requires_session)s
where slug = %(slug)s;

-- name: landed
-- Which of these actions are in the log with the very seq that we gave them: the answer to a lost COMMIT.
select a.user_id, a.action_id
from unnest(%(users)s::uuid[], %(action_ids)s::text[], %(seqs)s::bigint[]) as ours (user_id, action_id, seq)
join actions a using (user_id, action_id, seq);
