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

-- Who was handed an announcement, and who read it.
create table receipts (
  announcement_id uuid not null references announcements on delete cascade,
  user_id uuid not null references users,
  reached_at timestamptz not null,
  read_at timestamptz,
  primary key (announcement_id, user_id) include (read_at)
);

-- What a user finds when they come: their notices, and the announcements to all, to the role that they have now and to
-- themselves, made since they registered and not over yet; not what they have switched off, unless it is CRITICAL.
create function inbox(reader uuid, since timestamptz)
returns table (id uuid, is_notice boolean, category text, title text, message text, type text, priority text, link text,
               created_at timestamptz, expires_at timestamptz, read_at timestamptz)
language sql stable as $$
  select n.id, true, n.category, n.title, n.message, n.type, n.priority, n.link, n.created_at, null::timestamptz,
         n.read_at
  from notices n
  left join preferences p on p.user_id = n.user_id
  where n.user_id = reader and n.created_at >= since
    and (n.priority = 'CRITICAL' or coalesce((p.settings ->> n.category)::boolean, true))
  union all
  select a.id, false, 'systemAlerts', a.title, a.message, a.type, a.priority, null, a.created_at, a.expires_at, r.read_at
  from users u
  left join preferences p on p.user_id = u.id
  cross join lateral (
    select * from announcements
    where (target_roles is not null or target_users is null)
      and (target_roles is null or u.role = any(target_roles))
      and created_at >= greatest(u.created_at, since)
    union all
    select * from announcements
    where target_users @> array[reader]       -- `is true` keeps the planner from reading long lists in order of time
      and (target_roles is null or u.role <> all(target_roles))
      and (created_at >= greatest(u.created_at, since)) is true
  ) a
  left join receipts r on r.announcement_id = a.id and r.user_id = reader
  where u.id = reader
    and (a.expires_at is null or a.expires_at > now())
    and (a.priority = 'CRITICAL' or coalesce((p.settings ->> 'systemAlerts')::boolean, true))
$$;

create table maintenance (
  id uuid primary key,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  message text not null,
  created_by uuid not null references users,
  created_at timestamptz not null,
  started_at timestamptz,                     -- when it was told that it began; null: not yet
  ended_at timestamptz,                       -- when it was told that it is over, or called off; null: not yet
  check (starts_at <= ends_at)
);
create index maintenance_ahead on maintenance (starts_at) where ended_at is null;

-- What admins look the log through by; null for what happened by itself.
alter table events
  add column entity_type text,
  add column entity_id text,
  add column created_by uuid;
create index events_entity on events (entity_type, entity_id, position) where entity_type is not null;
create index events_creator on events (created_by, position) where created_by is not null;
