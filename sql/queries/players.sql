-- What the page of a player shows beside what the rooms of awards, runs and tournaments know.

-- name: changes
-- What the newest actions of a player fed to boards, in commit order; void ones fed nothing.
select fed.effect ->> 'board', (fed.effect ->> 'value')::bigint, (fed.effect ->> 'previous')::bigint
from (
  select seq, effects from actions
  where user_id = %(user_id)s and accepted_at > %(since)s and voided_at is null
  order by accepted_at desc, seq desc limit %(limit)s
) a cross join lateral jsonb_array_elements(a.effects) with ordinality as fed (effect, place)
order by a.seq, fed.place;

-- name: active_days
-- On which of these days, by number, a player did something: one look at the index for each.
select d.number from unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as d (begins, ends, number)
where exists (
  select from actions where user_id = %(user_id)s and accepted_at >= d.begins and accepted_at < d.ends
)
order by d.number;
