-- name: catalogue
-- Every board and the version of the catalogue, from one snapshot.
select c.catalog, b.slug, b.title, b.unit, b.policy, b.direction, b.decimals, b.ties, b.epoch
from commits c left join boards b on true
order by b.place;

-- name: catalogue_version
-- Whether boards or action types changed, and whether anything was committed: asked twice a second by every process.
select catalog, seq from commits;

-- name: turnstile
-- Lock the commit order: what is read after this cannot change before the commit.
select seq, catalog, clock_timestamp() from commits for update;

-- name: advance
-- Hand out commit numbers up to `seq`.
update commits set seq = %(seq)s;

-- name: catalogue_changed
-- Every process reloads its catalogue when it sees this.
update commits set catalog = catalog + 1;

-- name: versions
-- The version of every board: the net under the hints when Redis is gone, and what the worker compares.
select slug, epoch, seq from boards;

-- name: window
-- The entries from an offset with the version they belong to; a board without entries gives one row of nulls.
select b.slug, b.title, b.unit, b.policy, b.direction, b.decimals, b.ties, b.epoch,
       b.seq, b.entry_count, b.updated_at,
       e.user_id, u.username, u.avatar_url, e.score, e.seq, e.points, e.achieved_at,
       case when b.ties = 'shared' then (
         select count(*) from entries better
         where better.board = b.slug and better.score is not null and better.rank_key < e.rank_key
       ) + 1 end as shared_rank
from boards b
left join lateral (
  select * from entries where board = b.slug and score is not null
  order by rank_key, seq offset %(offset)s limit %(limit)s
) e on true
left join users u on u.id = e.user_id
where b.slug = %(slug)s
order by e.rank_key, e.seq;

-- name: standing
-- One player's place with the version it belongs to; nulls for who has no score.
select b.epoch, b.seq, e.score, e.points, 1 + above.keys, 1 + above.keys + above.ties, b.ties
from boards b
left join entries e on e.board = b.slug and e.user_id = %(user_id)s and e.score is not null
left join lateral (
  select count(*) filter (where better.rank_key < e.rank_key) as keys,
         count(*) filter (where better.rank_key = e.rank_key) as ties
  from entries better
  where better.board = e.board and better.score is not null
    and (better.rank_key < e.rank_key or (better.rank_key = e.rank_key and better.seq < e.seq))
) above on true
where b.slug = %(slug)s;

-- name: standings
-- The same of several players, in one pass over the board; one row of nulls where none of them has a score.
select b.epoch, b.seq, b.ties, placed.user_id, placed.score, placed.points, placed.shared_rank, placed.position
from boards b
left join (
  select board, user_id, score, points,
         rank() over (order by rank_key) as shared_rank, row_number() over (order by rank_key, seq) as position
  from entries where board = %(slug)s and score is not null
) placed on placed.board = b.slug and placed.user_id = any(%(users)s::uuid[])
where b.slug = %(slug)s;

-- name: changes
-- What a Redis that knows the board up to `since` has missed; at least one row, to tell the present version.
select b.epoch, b.seq, b.updated_at,
       e.user_id, u.username, u.avatar_url, e.score, e.seq, e.points, e.achieved_at
from boards b
left join entries e on e.board = b.slug and e.touched > %(since)s
left join users u on u.id = e.user_id
where b.slug = %(slug)s
limit %(limit)s;

-- name: state
-- The version that a full copy, read in the same snapshot, belongs to.
select epoch, seq, updated_at from boards where slug = %(slug)s;

-- name: entry_count
-- How much there would be to load.
select entry_count from boards where slug = %(slug)s;

-- name: all_entries
-- Every entry of a board, for loading it into Redis.
select e.user_id, u.username, u.avatar_url, e.score, e.seq, e.points, e.achieved_at
from entries e join users u on u.id = e.user_id
where e.board = %(slug)s and e.score is not null;

-- name: touched_entries
-- What was changed since a copy was read, removed entries included.
select e.user_id, u.username, u.avatar_url, e.score, e.seq, e.points, e.achieved_at
from entries e join users u on u.id = e.user_id
where e.board = %(slug)s and e.touched > %(since)s;

-- name: touched_count
-- How much that is, counted no further than it matters.
select count(*) from (
  select from entries where board = %(slug)s and touched > %(since)s limit %(limit)s
) touched;

-- name: entries_of
-- The boards on which a player has an entry.
select board from entries where user_id = %(user_id)s;

-- name: touch_entries
-- Mark a player's entries as changed by this commit, because their name or picture is shown on them.
update entries set touched = %(seq)s where user_id = %(user_id)s;

-- name: touch_boards
-- The boards stand at this commit now.
update boards set seq = %(seq)s, updated_at = %(at)s where slug = any(%(slugs)s);

-- name: create
insert into boards (slug, title, unit, policy, direction, decimals, ties)
values (%(slug)s, %(title)s, %(unit)s, %(policy)s, %(direction)s, %(decimals)s, %(ties)s)
on conflict (slug) do nothing;

-- name: find_for_edit
-- A board as it stands, under the turnstile.
select title, unit, policy, direction, decimals, ties, epoch, seq, entry_count from boards where slug = %(slug)s;

-- name: edit
-- New rules are a new epoch.
update boards set title = %(title)s, unit = %(unit)s, policy = %(policy)s, direction = %(direction)s,
  decimals = %(decimals)s, ties = %(ties)s, epoch = %(epoch)s, seq = %(seq)s, updated_at = %(at)s
where slug = %(slug)s;

-- name: begin_anew
-- A board behind a version that was shown: the database was put back. No version shall name two states.
update boards set epoch = %(epoch)s + 1 where slug = %(slug)s and (epoch, seq) < (%(epoch)s, %(seq)s);
