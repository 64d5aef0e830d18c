-- What looks wrong is flagged for admins, and an action can be taken back.

alter table actions
  add column voided_by uuid references users,
  add column void_reason text,
  add check (num_nulls(voided_at, voided_by, void_reason) in (0, 3));
-- Who follows the action log reads it in commit order.
create unique index actions_seq on actions (seq);

-- How far each follower of the action log has come.
create table followers (
  name text primary key,
  seq bigint not null                         -- of the last action that it was handed
);
-- Only what comes from now on is looked at: nobody is alerted of old stories.
insert into followers (name, seq) select 'anomalies', seq from commits;

create table flags (
  id uuid primary key default gen_random_uuid(),
  place bigint generated always as identity unique, -- the order in which flags are listed
  kind text not null,
  user_id uuid not null references users,
  action_id text,                             -- null: about nothing that was accepted
  summary text not null,                      -- what is wrong, for people
  details jsonb not null,
  alerted boolean not null,                   -- whether admins were told of this one
  created_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  resolved_by uuid references users,
  resolution text check (resolution in ('dismissed', 'confirmed')),
  note text,
  foreign key (user_id, action_id) references actions,
  check (num_nulls(resolved_at, resolved_by, resolution) in (0, 3))
);
create unique index flags_once on flags (user_id, action_id, kind);
create index flags_open on flags (place) where resolved_at is null;
create index flags_alerted on flags (user_id, kind, created_at) where alerted;
