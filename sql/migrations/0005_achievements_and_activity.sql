-- What players are awarded for, and what everybody hears of what they do.

-- Which commit took the action back: whoever follows the commits sees a void at its place. 0: before anybody followed.
alter table actions add column voided_seq bigint;
update actions set voided_seq = 0 where voided_at is not null;
alter table actions add check (voided_seq is null or voided_at is not null);
create index actions_voided on actions (voided_seq) where voided_seq is not null;

create table achievements (
  slug text primary key,
  title text not null,
  description text not null,
  icon text not null,                         -- one emoji, or a few characters
  points integer not null check (points >= 0),-- shown, never scored
  rule jsonb not null,                        -- what it takes: achievements/definition.py
  place integer generated always as identity, -- the order in which they are listed
  holders integer not null default 0,         -- how many players have it
  created_at timestamptz not null default now()
);

create table awards (
  user_id uuid not null references users,
  achievement text not null references achievements,
  seq bigint not null,                        -- the commit that earned it
  action_id text,                             -- the player's own action that did, if one did
  earned_at timestamptz not null,
  primary key (user_id, achievement)          -- each once per player, whatever races
);

-- On how many days in a row a player did something, in their own time zone.
create table streaks (
  user_id uuid primary key references users,
  last_day date not null,                     -- the last that was counted
  last_at timestamptz not null,               -- the last action
  time_zone text not null,                    -- where they were then
  days integer not null,
  best integer not null
);
create index streaks_best on streaks (best);

-- Achievements that those may have earned already who were there before them.
create table backfills (
  achievement text primary key references achievements,
  cursor text not null default ''             -- how far the search has come
);

insert into followers (name, seq) select 'awards', seq from commits;

-- What the feed shall tell of, until it was folded and told.
create table activity_pending (
  id bigint generated always as identity primary key,
  kind text not null,
  user_id uuid not null references users,
  board text,
  data json not null,
  created_at timestamptz not null default clock_timestamp()
);

-- The feed as it was told.
create table activity (
  id bigint generated always as identity primary key,
  kind text not null,
  user_id uuid not null references users,     -- of several, the first who is named
  subject text not null,                      -- the board or the app that it is about
  data json not null,
  created_at timestamptz not null default clock_timestamp()
);
create index activity_kind on activity (kind, id);
create index activity_user on activity (user_id, id);
create index activity_created on activity (created_at);

insert into achievements (slug, title, description, icon, points, rule) values
  ('streak-7', 'One week', 'Something done on 7 days in a row', '🔥', 50, '{"kind": "streak", "days": 7}'),
  ('streak-30', 'One month', 'Something done on 30 days in a row', '🔥', 200, '{"kind": "streak", "days": 30}'),
  ('streak-100', 'One hundred days', 'Something done on 100 days in a row', '🔥', 1000,
   '{"kind": "streak", "days": 100}'),
  ('points-100', 'First hundred', '100 points on the scoreboard', '⭐', 10,
   '{"kind": "score", "board": "scoreboard", "atLeast": 100}'),
  ('points-500', 'Halfway', '500 points on the scoreboard', '⭐', 50,
   '{"kind": "score", "board": "scoreboard", "atLeast": 500}'),
  ('points-1000', 'One thousand', '1000 points on the scoreboard', '🌟', 100,
   '{"kind": "score", "board": "scoreboard", "atLeast": 1000}'),
  ('level-2', 'Level 2', '50 points in all', '🎖', 5, '{"kind": "level", "level": 2, "points": 50}'),
  ('level-3', 'Level 3', '150 points in all', '🎖', 10, '{"kind": "level", "level": 3, "points": 150}'),
  ('level-4', 'Level 4', '400 points in all', '🎖', 20, '{"kind": "level", "level": 4, "points": 400}'),
  ('level-5', 'Level 5', '1000 points in all', '🎖', 40, '{"kind": "level", "level": 5, "points": 1000}'),
  ('level-6', 'Level 6', '2500 points in all', '🎖', 80, '{"kind": "level", "level": 6, "points": 2500}'),
  ('level-7', 'Level 7', '6000 points in all', '🎖', 160, '{"kind": "level", "level": 7, "points": 6000}'),
  ('level-8', 'Level 8', '15000 points in all', '🎖', 320, '{"kind": "level", "level": 8, "points": 15000}'),
  ('perfect-accuracy', 'Flawless', 'A run with an accuracy of 100 %', '🎯', 50,
   '{"kind": "perfect", "field": "accuracy"}');

-- One for each board and place: who leads two boards has done two things.
insert into achievements (slug, title, description, icon, points, rule)
select replace(b.slug, '_', '-') || '-' || p.slug, p.title || ': ' || b.title, 'Reached ' || p.words || ' of ' || b.title,
       p.icon, p.points, jsonb_build_object('kind', 'rank', 'boards', jsonb_build_array(b.slug), 'atMost', p.rank)
from boards b
cross join (values
  ('top-10', 'Top 10', 'the first ten', '🏅', 50, 10),
  ('top-5', 'Top 5', 'the first five', '🏅', 100, 5),
  ('number-one', 'Number one', 'the first place', '👑', 200, 1)
) as p (slug, title, words, icon, points, rank)
where b.slug in ('scoreboard', 'typing_wpm', 'math_accuracy', 'reading_comprehension', 'piano_score', 'overall')
order by b.place, p.rank desc;

-- Who has earned one of these before shall have it too.
insert into backfills (achievement) select slug from achievements;
