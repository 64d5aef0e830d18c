-- What people find again when they come: notices of their own, announcements joined at reading, what of both they
-- wish to hear, who was reached, and when the service will be away.

-- One notice of one user. What is for many is an announcement, and has no row for each of them.
create table notices (
  id uuid primary key,
  user_id uuid not null references users,
  category text not null,                     -- the preference that switches it off
  title text not null,
  message text not null,
  type text not null check (type in ('INFO', 'SUCCESS', 'WARNING', 'ERROR', 'ANNOUNCEMENT')),
  priority text not null check (priority in ('LOW', 'NORMAL', 'HIGH', 'CRITICAL')),
  link text,
  created_at timestamptz not null,
  reached_at timestamptz,
  read_at timestamptz
);
create index notices_inbox on notices (user_id, created_at, id);
create index notices_created on notices (created_at);

-- Of who changed any: {"achievements": false, …}; what is not named is as it is without a row.
create table preferences (
  user_id uuid primary key references users,
  settings jsonb not null
);

-- The inbox of a user: what is for all or for a role in the order of time, what is for single users by their names.
create index announcements_broad on announcements (created_at, id)
  where target_roles is not null or target_users is null;
create index announcements_users on announcements using gin (target_users);

-- How often an announcement was handed to somebody, and how many of them read it.
alter table announcements
  add column reached integer not null default 0,
  add column read integer not null default 0;

create table receipts (
  announcement_id uuid not null references announcements on delete cascade,
  user_id uuid not null references users,
  reached_at timestamptz not null,
  read_at timestamptz,
  primary key (announcement_id, user_id)
);

create table maintenance (
  id uuid primary key,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  message text not null,
  created_by uuid not null references users,
  created_at timestamptz not null,
  started_at timestamptz,                     -- when it was told that it began; null: not yet
  ended_at timestamptz,                       -- when it was told that it is over, or called off; null: not yet
  check (starts_at < ends_at)
);
create index maintenance_ahead on maintenance (starts_at) where ended_at is null;
create index maintenance_created on maintenance (created_at);

-- What admins look the log through by; null for what happened by itself.
alter table events
  add column entity_type text,
  add column entity_id text,
  add column created_by uuid;
create index events_entity on events (entity_type, entity_id, position) where entity_type is not null;
create index events_creator on events (created_by, position) where created_by is not null;
