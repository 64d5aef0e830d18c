-- Who was connected, for a week: one row for each stream and socket.

create table connections (
  place bigint generated always as identity primary key, -- the order in which the history is listed
  session_id uuid not null unique,
  process text not null,                      -- the first digits of the session id
  user_id uuid,                               -- no reference: a name is nothing to wait for at a connect
  transport text not null,
  address text not null,
  agent text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,                      -- null: open, or its end was not written down yet
  reason text,
  check (num_nulls(closed_at, reason) in (0, 2))
);
create index connections_user on connections (user_id, place) where user_id is not null;
create index connections_open on connections (process) where closed_at is null;
create index connections_opened on connections (opened_at);
