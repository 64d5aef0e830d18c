-- name: take_place
-- Whether this connection is the active worker's from now on; the place is free again when the connection ends.
select pg_try_advisory_lock(%(lock)s);

-- name: leave_when_silent
-- A worker that hangs must not keep the place: the server ends the connection when nothing is heard of it for so long.
set idle_session_timeout = '3s';

-- name: still_there
-- Raises when the connection, and with it the place, is lost.
select 1;
