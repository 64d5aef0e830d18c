-- Runs are watched while they last: what is open is known, and what could not be compared is remembered.

alter table runs
  -- Scored although what was told while it lasted had been lost, so that nobody could compare it with the claim.
  add column unverified boolean not null default false;

-- What was left open before there was anybody to end it. What may still be played is left to the worker.
update runs set ended_at = now() where ended_at is null and started_at < now() - interval '1 hour';

create index runs_open on runs (user_id, started_at) where ended_at is null;
create index runs_newest on runs (app, started_at desc, id) where ended_at is null;
create index runs_unverified on runs (user_id, scored_by) where unverified;

-- Of what was refused, a player has one open flag of each kind: whoever tries again and again fills nothing.
create unique index flags_refused on flags (user_id, kind) where action_id is null and resolved_at is null;
