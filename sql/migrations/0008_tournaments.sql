-- Tournaments. Whoever changes one locks its row first, so `seq` is in commit order, and what was read after the lock
-- cannot change before the commit.
create table tournaments (
  id uuid primary key,
  name text not null,
  starts_at timestamptz not null,
  rounds integer not null,
  system text not null check (system in ('swiss', 'round_robin', 'manual')),
  tie_breaks text[] not null,
  edition text not null check (edition in ('2024', '2026')),
  points integer[] not null,                   -- half-points: win, draw, loss, bye given by the pairing
  status text not null default 'upcoming' check (status in ('upcoming', 'active', 'completed')),
  epoch integer not null default 1,            -- rises with the rules of its standings
  seq bigint not null default 1,               -- rises with every change
  created_by uuid references users,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  trf jsonb not null default '{}'              -- what an imported file said besides
);
create index tournaments_status on tournaments (status, starts_at);
create index tournaments_starts on tournaments (starts_at, id);

create table participants (
  id uuid primary key,
  tournament_id uuid not null references tournaments on delete cascade,
  number integer,                              -- place in the initial ranking, once there is one
  name text not null,
  rating integer,
  title text,
  user_id uuid references users,
  entered_round integer not null default 1,
  withdrawn_from integer,
  byes jsonb not null default '{}',            -- asked for: {"3": "half"}
  trf jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (tournament_id, user_id),
  unique (tournament_id, number) deferrable initially deferred
);
create index participants_user on participants (user_id);

create table rounds (
  tournament_id uuid not null references tournaments on delete cascade,
  number integer not null,
  status text not null check (status in ('pairing', 'paired', 'active', 'completed')),
  pairing_token uuid,                          -- whose work it is while it is paired …
  pairing_until timestamptz,                   -- … and until when: who died is not waited for
  started_at timestamptz,
  completed_at timestamptz,
  standings_told boolean not null default false, -- to those who stand in them, once the round is completed
  primary key (tournament_id, number)
);
create index rounds_untold on rounds (tournament_id, number) where status = 'completed' and not standings_told;

create table games (
  id uuid primary key,
  tournament_id uuid not null,
  round integer not null,
  board integer not null,
  white uuid not null references participants,
  black uuid references participants,
  bye text check (bye in ('pairing', 'full', 'half', 'zero')),
  result text check (result in ('1-0', '0-1', '1/2-1/2', '+/-', '-/+', '-/-')),
  rated boolean not null default true,
  status text not null default 'pending' check (status in ('pending', 'active', 'completed')),
  revision integer not null default 0,
  entered_by uuid references users,
  entered_at timestamptz,
  check ((black is null) = (bye is not null)),
  check (bye is null or result is null),
  unique (tournament_id, round, board),
  foreign key (tournament_id, round) references rounds on delete cascade
);
create index games_white on games (white);
create index games_black on games (black);
