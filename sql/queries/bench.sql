-- name: players
-- Players to act with, beyond those that are there; their ids can be told from their numbers.
insert into users (id, username, username_key, email, email_key, password_hash, role)
select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'crowd ' || n, 'crowd ' || n,
       n || '@crowd.invalid', n || '@crowd.invalid', '', 'PARTICIPANT'
from generate_series(1, %(players)s) n
on conflict (id) do nothing;

-- name: make_board
-- A second board for sums.
insert into boards (slug, title, policy, direction, decimals, ties)
values (%(board)s, %(board)s, 'sum', 'desc', 0, 'first');

-- name: make_type
insert into action_types (slug, points_fixed, boards)
values (%(slug)s, 10, jsonb_build_array(jsonb_build_object('board', %(board)s::text)));

-- name: set_points
update action_types set points_fixed = %(points)s where slug = 'task_finish';

-- name: clear_board
delete from entries where board = %(board)s;

-- name: fill_board
-- As if every player had scored once, in turn.
insert into entries (board, user_id, score, rank_key, seq, touched, points, achieved_at)
select %(board)s, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n * 10, n * -10,
       c.seq + n, c.seq + n, n * 10, now()
from generate_series(1, %(players)s) n, commits c;

-- name: name_version
-- After filling the board: the commits that it took, and a new epoch, so that Redis loads it anew.
with counted as (select count(*) as entries, max(seq) as seq from entries where board = %(board)s)
update boards set seq = counted.seq, epoch = epoch + 1, entry_count = counted.entries, updated_at = now()
from counted where slug = %(board)s;

-- name: advance
update commits set seq = (select max(seq) from entries), catalog = catalog + 1;

-- name: settle
-- Statistics for the planner, and no work left over for later, as in any database that has run for a while.
vacuum analyze;

-- name: start_runs
-- Runs of the first players, as many of each.
insert into runs (id, user_id, app, started_at)
select ('10000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-4000-8000-' || lpad(to_hex(1 + (n - 1) / %(each)s), 12, '0'))::uuid, 'typing', now()
from generate_series(1, %(runs)s) n
returning id::text;

-- name: written
-- What PostgreSQL has written so far: bytes of its journal, and rows, but those of the history of connections.
select pg_current_wal_insert_lsn() - '0/0'::pg_lsn, sum(n_tup_ins + n_tup_upd + n_tup_del)
from pg_stat_user_tables where relname <> 'connections';

-- name: make_tournament
insert into tournaments (id, name, starts_at, rounds, system, tie_breaks, edition, points, status, started_at)
values (%(id)s, 'Bench Open', now(), %(rounds)s, 'swiss', '{BH-C1,BH,SB,DE,WIN}', '2026', '{2,1,0,2}', 'active',
        now());

-- name: enter_players
-- Participants by their numbers, who are nobody's users.
insert into participants (id, tournament_id, number, name, rating)
select gen_random_uuid(), %(id)s, n, 'Player ' || n, 2800 - n from generate_series(1, %(players)s) n;

-- name: open_rounds
-- All are over but the last.
insert into rounds (tournament_id, number, status)
select %(id)s, n, case when n < %(rounds)s then 'completed' else 'active' end from generate_series(1, %(rounds)s) n;

-- name: play_games
-- In each round everybody of the upper half meets somebody else of the lower; the last round has no results yet.
with field as (select id, number, %(players)s / 2 as half from participants where tournament_id = %(id)s)
insert into games (id, tournament_id, round, board, white, black, result, status)
select gen_random_uuid(), %(id)s, r.number, a.number, case (a.number + r.number) %% 2 when 0 then a.id else b.id end,
       case (a.number + r.number) %% 2 when 0 then b.id else a.id end,
       case when r.status = 'completed' then (array['1-0', '0-1', '1/2-1/2'])[1 + (a.number * 7 + r.number * 5) %% 3] end,
       r.status
from rounds r, field a, field b
where r.tournament_id = %(id)s and a.number <= a.half and b.number = a.half + 1 + (a.number + r.number * 7) %% a.half;

-- name: open_games
select id::text from games where tournament_id = %(id)s and status = 'active' order by board;
