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
