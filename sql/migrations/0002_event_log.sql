-- What happened, in order, for those who were away; and the first thing that is told so: announcements.

alter table commits add column events bigint not null default 0; -- the last place in the event log that was handed out

create table events (
  position bigint primary key,                -- contiguous and in commit order: handed out under the lock of `commits`
  name text not null,                         -- the channel, or the part of it that only some may hear
  type text not null,
  data json not null,                         -- as it was written: the order of its fields and its numbers
  created_at timestamptz not null default clock_timestamp()
);
create index events_name on events (name, position);

-- Up to where events are gone: of one name in the log, or of all ('*').
create table forgotten (
  name text primary key,
  position bigint not null
);

create table announcements (
  id uuid primary key,
  title text not null,
  message text not null,
  type text not null check (type in ('INFO', 'SUCCESS', 'WARNING', 'ERROR', 'ANNOUNCEMENT')),
  priority text not null check (priority in ('LOW', 'NORMAL', 'HIGH', 'CRITICAL')),
  target_roles text[],                        -- null: not addressed to roles
  target_users uuid[],                        -- null: not addressed to users
  expires_at timestamptz,
  created_by uuid not null references users,
  created_at timestamptz not null
);
create index announcements_created on announcements (created_at);
