-- name: record
-- What the feed shall tell of, in the order in which it happened.
insert into activity_pending (kind, user_id, board, data)
select e.kind, e.user_id, e.board, e.data::json
from unnest(%(kinds)s::text[], %(users)s::uuid[], %(boards)s::text[], %(data)s::text[])
  with ordinality as e (kind, user_id, board, data, number)
order by e.number;
