-- The order in which everything that touches a score commits. Whoever writes locks this one row first, so
-- `seq` is contiguous and rises in commit order, and what was read after the lock cannot change before the
-- commit. `catalog` rises whenever a board or an action type does.
create table commits (
  one boolean primary key default true check (one),
  seq bigint not null,
  catalog bigint not null
);
insert into commits (seq, catalog) values (0, 1);

create table users (
  id uuid primary key,
  username text not null,
  username_key text not null unique,          -- casefolded: names that look alike to a reader are the same name
  email text not null,
  email_key text not null unique,
  password_hash text not null,
  role text not null check (role in ('ADMIN', 'ORGANIZER', 'PARTICIPANT', 'VIEWER')),
  time_zone text not null default 'UTC',
  avatar_url text,
  blocked_at timestamptz,
  generation integer not null default 1,      -- access tokens of an older generation are refused
  action_serial integer not null default 1,   -- the serial in the user's present action key
  action_rotated_at timestamptz,              -- the key of the serial before lives for a day from here
  created_at timestamptz not null default now()
);

create table avatars (
  user_id uuid primary key references users,
  media_type text not null,
  image bytea not null,
  checksum text not null
);

create table logins (
  id uuid primary key,                        -- `sid` in the tokens
  user_id uuid not null references users,
  address text not null,
  agent text not null,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  end_reason text
);
create index logins_live on logins (user_id) where ended_at is null;

create table refresh_tokens (
  hash bytea primary key,                     -- SHA-256; the token itself is known only to its owner
  login_id uuid not null references logins on delete cascade,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_login on refresh_tokens (login_id);

-- What every process must hear of within a second: a login that ended, an older generation, a raised serial.
create table revocations (
  id bigint generated always as identity primary key,
  user_id uuid not null references users,
  login_id uuid,
  generation integer,
  created_at timestamptz not null default clock_timestamp()
);
create index revocations_created on revocations (created_at);

create table boards (
  slug text primary key,
  title text not null,
  unit text not null default '',
  policy text not null check (policy in ('sum', 'best', 'latest')),
  direction text not null check (direction in ('desc', 'asc')),
  decimals smallint not null check (decimals between 0 and 6),
  ties text not null check (ties in ('first', 'shared')),
  place integer generated always as identity, -- the order in which boards are listed
  epoch integer not null default 1,           -- changes only when the rules above do
  seq bigint not null default 0,              -- of the last transaction that touched the board
  entry_count integer not null default 0,     -- entries with a score
  updated_at timestamptz not null default now()
);

create table action_types (
  slug text primary key,
  points_fixed numeric,
  points_field text,
  points_min numeric,
  points_max numeric,
  boards jsonb not null,                      -- [{"board": slug, "field": name or null}], the first one leads
  bounds jsonb not null default '{}',         -- {field: {"min": n, "max": n}}
  cooldown_seconds integer not null default 0 check (cooldown_seconds >= 0),
  daily_cap integer check (daily_cap > 0),
  requires_session boolean not null default false,
  check ((points_fixed is null) = (points_field is not null))
);

create table actions (
  user_id uuid not null references users,
  action_id text not null,
  action_type text not null references action_types,
  seq bigint not null,
  points numeric not null,
  effects jsonb not null,                     -- [{"board", "value", "previousScore", "newScore"}], exact integers
  signature text not null,
  metadata jsonb not null,
  request_id text not null,
  claimed_at timestamptz not null,            -- the client's clock
  accepted_at timestamptz not null,           -- ours
  voided_at timestamptz,
  primary key (user_id, action_id)
);
-- The sliding windows of rate, cooldown and daily cap are read from the log itself.
create index actions_recent on actions (user_id, accepted_at);

create table entries (
  board text not null references boards,
  user_id uuid not null references users,
  score bigint,                               -- × 10^decimals; null after a void left nothing
  rank_key bigint,                            -- the score, negated where high is good: the lower the better
  seq bigint not null,                        -- of the action that gave the score; decides ties
  touched bigint not null,                    -- of the last transaction that changed the row
  points numeric not null default 0,          -- awarded so far by the actions that fed this entry
  achieved_at timestamptz not null,
  primary key (board, user_id)
);
create index entries_standing on entries (board, rank_key, seq) where score is not null;
create index entries_touched on entries (board, touched);

create table runs (
  id uuid primary key,                        -- `sessionId` on the wire
  user_id uuid not null references users,
  app text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  scored_by text                              -- the action that finished it
);

create table audit (
  id bigint generated always as identity primary key,
  actor uuid references users,
  action text not null,
  entity_type text not null,
  entity_id text not null,
  details jsonb not null default '{}',
  request_id text not null,
  created_at timestamptz not null default now()
);

insert into boards (slug, title, unit, policy, direction, decimals, ties) values
  ('scoreboard', 'Scoreboard', 'points', 'sum', 'desc', 0, 'first'),
  ('typing_wpm', 'Typing speed', 'wpm', 'best', 'desc', 1, 'first'),
  ('math_accuracy', 'Math accuracy', '%', 'best', 'desc', 1, 'first'),
  ('reading_comprehension', 'Reading comprehension', '%', 'best', 'desc', 1, 'first'),
  ('piano_score', 'Piano', 'points', 'best', 'desc', 0, 'first'),
  ('overall', 'All apps together', 'points', 'sum', 'desc', 0, 'first');

insert into action_types (slug, points_fixed, boards, bounds, cooldown_seconds, requires_session) values
  ('quiz_complete', 100, '[{"board": "scoreboard"}]', '{}', 30, false),
  ('task_finish', 10, '[{"board": "scoreboard"}]', '{}', 0, false),
  ('typing_complete', 10,
   '[{"board": "typing_wpm", "field": "wpm"}, {"board": "scoreboard"}, {"board": "overall"}]',
   '{"wpm": {"min": 0, "max": 300}, "accuracy": {"min": 0, "max": 100}}', 0, true),
  ('math_complete', 10,
   '[{"board": "math_accuracy", "field": "accuracy"}, {"board": "scoreboard"}, {"board": "overall"}]',
   '{"accuracy": {"min": 0, "max": 100}}', 0, true),
  ('reading_complete', 10,
   '[{"board": "reading_comprehension", "field": "comprehension"}, {"board": "scoreboard"}, {"board": "overall"}]',
   '{"comprehension": {"min": 0, "max": 100}}', 0, true),
  ('piano_complete', 10,
   '[{"board": "piano_score", "field": "score"}, {"board": "scoreboard"}, {"board": "overall"}]',
   '{"score": {"min": 0, "max": 1000000}}', 0, true);
