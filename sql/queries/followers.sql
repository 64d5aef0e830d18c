-- name: has_news
-- Whether anything was committed that a follower has not been handed yet.
select exists (select from actions where seq > (select seq from followers where name = %(name)s));

-- name: position
-- How far a follower has come; who else follows under its name waits for this transaction.
select seq from followers where name = %(name)s for update;

-- name: actions_after
-- What was committed after a place, in commit order.
select seq, user_id, action_id, action_type, points, effects, accepted_at, voided_at is not null
from actions where seq > %(seq)s order by seq limit %(limit)s;

-- name: move_on
-- The follower has been handed everything up to here.
update followers set seq = %(seq)s where name = %(name)s;
