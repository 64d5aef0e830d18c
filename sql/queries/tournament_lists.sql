-- Tournaments beside each other, and what there is. Each row is an array: see `listing.Listed`.

-- name: listed
-- A page of those in one state, or of all: the newest first. One statement, so it is one state.
select json_build_array(
  (select count(*) from tournaments where %(status)s::text is null or status = %(status)s),
  coalesce((
    select json_agg(json_build_array(
      json_build_array(t.id, t.name, t.starts_at, t.rounds, t.system, t.tie_breaks, t.edition, t.points, t.status,
                       t.epoch, t.seq, t.created_at, t.updated_at, t.started_at, t.completed_at),
      (select count(*) from participants p where p.tournament_id = t.id
         and case when t.status = 'upcoming' then p.withdrawn_from is null else p.number is not null end),
      (select coalesce(max(r.number), 0) from rounds r where r.tournament_id = t.id and r.status <> 'pairing'),
      (select count(*) from games g where g.tournament_id = t.id and g.status = 'active')
    ) order by t.starts_at desc, t.id)
    from (
      select * from tournaments where %(status)s::text is null or status = %(status)s
      order by starts_at desc, id limit %(limit)s offset %(offset)s
    ) t
  ), '[]')
)::text;

-- name: counts
-- How many there are in each state.
select status, count(*) from tournaments group by status;

-- name: homes
-- Of these games those that there are, each with its tournament.
select id, tournament_id from games where id = any(%(ids)s::uuid[]);

-- name: played
-- The tournaments of a player, the newest first, and who they are there.
select t.id, t.name, t.status, t.starts_at, p.id
from participants p join tournaments t on t.id = p.tournament_id
where p.user_id = %(user_id)s and (t.status = 'upcoming' or p.number is not null) and
      (p.withdrawn_from is null or t.status <> 'upcoming')
order by t.starts_at desc, t.id limit %(limit)s;
