-- name: picture
-- A whole tournament, as `tournament.Picture` reads it: one statement, so it is one state.
select json_build_array(
  json_build_array(t.id, t.name, t.starts_at, t.rounds, t.system, t.tie_breaks, t.edition, t.points, t.status, t.epoch,
                   t.seq, t.created_at, t.updated_at, t.started_at, t.completed_at, t.trf),
  coalesce((
    select json_agg(json_build_array(p.id, p.number, p.name, p.rating, p.title, p.user_id, p.entered_round,
                                     p.withdrawn_from, p.byes, p.trf)
                    order by p.number nulls last, lower(p.name), p.id)
    from participants p where p.tournament_id = t.id
  ), '[]'),
  coalesce((
    select json_agg(json_build_array(r.number, r.status, coalesce(g.games, '[]')) order by r.number)
    from rounds r
    left join (
      select round, json_agg(json_build_array(id, board, white, black, bye, result, status, rated, revision)
                             order by board) as games
      from games where tournament_id = %(id)s group by round
    ) g on g.round = r.number
    where r.tournament_id = t.id
  ), '[]')
)::text
from tournaments t where t.id = %(id)s;

-- name: versions
-- Those of these tournaments that there are: a small look, to see whether a picture is still true.
select id, epoch, seq from tournaments where id = any(%(ids)s::uuid[]);

-- name: lock
-- Whoever changes a tournament begins here, one after the other: (epoch, seq).
select epoch, seq from tournaments where id = %(id)s for update;

-- name: advance
-- The version of what it is after a change.
update tournaments set epoch = %(epoch)s, seq = %(seq)s, updated_at = %(at)s where id = %(id)s;

-- name: create
-- A new tournament; imported ones bring how far they are and what their file said besides.
insert into tournaments (id, name, starts_at, rounds, system, tie_breaks, edition, points, status, created_by, created_at,
                         updated_at, started_at, completed_at, trf)
values (%(id)s, %(name)s, %(starts_at)s, %(rounds)s, %(system)s, %(tie_breaks)s, %(edition)s, %(points)s, %(status)s,
        %(by)s, %(at)s, %(at)s, %(started_at)s, %(completed_at)s, %(trf)s::text::jsonb);

-- name: define
-- What its organisers changed of a tournament.
update tournaments
set name = %(name)s, starts_at = %(starts_at)s, rounds = %(rounds)s, system = %(system)s, tie_breaks = %(tie_breaks)s,
    edition = %(edition)s, points = %(points)s
where id = %(id)s;

-- name: start
update tournaments set status = 'active', started_at = %(at)s where id = %(id)s;

-- name: complete
update tournaments set status = 'completed', completed_at = %(at)s where id = %(id)s;

-- name: username
-- What a user is called.
select username from users where id = %(user)s;

-- name: add_participants
-- Any number of them at once.
insert into participants (id, tournament_id, number, name, rating, title, user_id, entered_round, withdrawn_from, byes,
                          trf)
select p.id, %(id)s, p.number, p.name, p.rating, p.title, p.user_id, p.entered_round, p.withdrawn_from,
       p.byes::jsonb, p.trf::jsonb
from unnest(%(ids)s::uuid[], %(numbers)s::integer[], %(names)s::text[], %(ratings)s::integer[], %(titles)s::text[],
            %(users)s::uuid[], %(entered)s::integer[], %(withdrawn)s::integer[], %(byes)s::text[], %(trfs)s::text[])
  as p (id, number, name, rating, title, user_id, entered_round, withdrawn_from, byes, trf);

-- name: change_participant
update participants
set name = %(name)s, rating = %(rating)s, title = %(title)s, entered_round = %(entered_round)s,
    withdrawn_from = %(withdrawn_from)s, byes = %(byes)s::text::jsonb
where id = %(participant)s;

-- name: number
-- Places in the initial ranking; that each is given once is looked at when all are there.
update participants set number = given.number
from unnest(%(ids)s::uuid[], %(numbers)s::integer[]) as given (id, number)
where participants.id = given.id and participants.number is distinct from given.number;

-- name: begin_pairing
-- A round whose games are being found.
insert into rounds (tournament_id, number, status, pairing_token, pairing_until)
values (%(id)s, %(number)s, 'pairing', %(token)s, %(until)s);

-- name: pairing
-- Whose work the round is that is being paired, and whether they have had their time: (token, is late).
select pairing_token, pairing_until < %(at)s from rounds
where tournament_id = %(id)s and status = 'pairing';

-- name: is_wanted
-- Whether a round is still waited for by whom this token was given to.
select exists (
  select from rounds where tournament_id = %(id)s and number = %(number)s and pairing_token = %(token)s
);

-- name: give_up_pairing
-- The round that nobody pairs any more; with a token only if it is that one's.
delete from rounds
where tournament_id = %(id)s and status = 'pairing' and (%(token)s::uuid is null or pairing_token = %(token)s);

-- name: end_pairing
update rounds set status = 'paired', pairing_token = null, pairing_until = null
where tournament_id = %(id)s and number = %(number)s;

-- name: add_rounds
-- Rounds that were played elsewhere.
insert into rounds (tournament_id, number, status, started_at, completed_at, standings_told)
select %(id)s, r.number, r.status, %(at)s, case r.status when 'completed' then %(at)s::timestamptz end, true
from unnest(%(numbers)s::integer[], %(statuses)s::text[]) as r (number, status);

-- name: add_games
-- Any number of them at once.
insert into games (id, tournament_id, round, board, white, black, bye, result, status, rated)
select g.id, %(id)s, g.round, g.board, g.white, g.black, g.bye, g.result, g.status, g.rated
from unnest(%(ids)s::uuid[], %(rounds)s::integer[], %(boards)s::integer[], %(whites)s::uuid[], %(blacks)s::uuid[],
            %(byes)s::text[], %(results)s::text[], %(statuses)s::text[], %(rated)s::boolean[])
  as g (id, round, board, white, black, bye, result, status, rated);

-- name: cancel_round
-- The round as if it had never been: who came or left after it was paired did so before it.
with gone as (
  delete from rounds where tournament_id = %(id)s and number = %(number)s
)
update participants
set entered_round = least(entered_round, %(number)s),
    withdrawn_from = case when withdrawn_from > %(number)s then %(number)s else withdrawn_from end
where tournament_id = %(id)s and greatest(entered_round, withdrawn_from) > %(number)s;

-- name: start_round
-- Its games begin; byes are over with it.
with started as (
  update rounds set status = 'active', started_at = %(at)s
  where tournament_id = %(id)s and number = %(number)s
)
update games set status = case when black is null then 'completed' else 'active' end
where tournament_id = %(id)s and round = %(number)s;

-- name: complete_round
update rounds set status = 'completed', completed_at = %(at)s where tournament_id = %(id)s and number = %(number)s;

-- name: game_before
-- A game as whoever enters a result may have seen it: (tournament, revision).
select tournament_id, revision from games where id = %(game)s;

-- name: game_for_result
-- All that entering a result takes, under the tournament's lock: the game, who entered its present result, its players
-- and how many games of its round are not over.
select g.round, t.name, u.id, u.username, g.entered_at, w.name, w.user_id, b.name, b.user_id,
       (select count(*) from games o
        where o.tournament_id = g.tournament_id and o.round = g.round and o.status <> 'completed'),
       g.id, g.board, g.white, g.black, g.bye, g.result, g.status, g.rated, g.revision
from games g
join tournaments t on t.id = g.tournament_id
join participants w on w.id = g.white
left join participants b on b.id = g.black
left join users u on u.id = g.entered_by
where g.id = %(game)s;

-- name: enter_result
-- What whoever enters it is called.
update games
set result = %(result)s, status = 'completed', revision = revision + 1, entered_by = %(by)s, entered_at = %(at)s
where id = %(game)s
returning (select username from users where id = %(by)s);

-- name: untold
-- Rounds that are over and whose standings nobody was told of.
select tournament_id, number from rounds where status = 'completed' and not standings_told
order by tournament_id, number limit %(limit)s;

-- name: standings_told
-- Whether they were not: no row for who comes too late.
update rounds set standings_told = true
where tournament_id = %(id)s and number = %(number)s and status = 'completed' and not standings_told
returning number;
