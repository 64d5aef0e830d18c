-- name: take_place
-- Whether this connection is the active worker's from now on; the place is free again when the connection ends.
select pg_try_advisory_lock(%(lock)s);

-- name: still_there
-- Raises when the connection, and with it the place, is lost.
select 1;
