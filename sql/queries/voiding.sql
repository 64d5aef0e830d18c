-- name: action
-- The action that shall be voided, under the turnstile.
select seq, points, effects, accepted_at, voided_at is not null from actions
where user_id = %(user_id)s and action_id = %(action_id)s;

-- name: mark
-- The action does not count any more; its id stays used.
update actions set voided_at = %(at)s, voided_seq = %(seq)s, voided_by = %(by)s, void_reason = %(reason)s
where user_id = %(user_id)s and action_id = %(action_id)s;

-- name: entries
-- The player's entries that the action fed.
select e.board, e.score, e.seq, e.achieved_at, e.points
from entries e where e.user_id = %(user_id)s and e.board = any(%(boards)s::text[])
order by e.board;

-- name: remaining
-- What the player's other actions fed to a board, in commit order.
select a.seq, a.effects, a.accepted_at from actions a
where a.user_id = %(user_id)s and a.voided_at is null and a.effects @> %(fed)s::jsonb
order by a.seq;

-- name: write_entries
-- The entries as they are without the action; where no score is left the row stays, so that catching up
-- removes it from Redis.
update entries e set score = w.score, rank_key = w.rank_key, seq = w.seq, touched = %(seq)s, points = w.points,
                     achieved_at = w.achieved_at
from unnest(%(boards)s::text[], %(scores)s::bigint[], %(rank_keys)s::bigint[], %(seqs)s::bigint[],
            %(points)s::numeric[], %(achieved)s::timestamptz[])
  as w (board, score, rank_key, seq, points, achieved_at)
where e.user_id = %(user_id)s and e.board = w.board;

-- name: touch_boards
-- The boards stand at this commit now.
update boards b set seq = %(seq)s, updated_at = %(at)s, entry_count = b.entry_count - t.removed
from unnest(%(boards)s::text[], %(removed)s::integer[]) as t (slug, removed)
where b.slug = t.slug;
