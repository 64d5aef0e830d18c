-- One action as the service writes it down: its line in the log, and the player's entry. Nothing is read and nothing
-- checked, no order is given, and two clients wait for each other only where both act for the same player.
\set player random(1, :players)
\set run random(1, 1000000000000000)
begin;
insert into actions (user_id, action_id, action_type, seq, points, effects, signature, metadata, request_id,
                     claimed_at, accepted_at)
values (('00000000-0000-4000-8000-' || lpad(to_hex(:player::bigint), 12, '0'))::uuid, 'pgbench-' || :run::bigint,
        'task_finish', :run::bigint, 10, '[{"board":"scoreboard","value":10,"previous":10,"score":20}]'::jsonb,
        '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', '{}'::jsonb,
        '01234567-89ab-cdef-0123-456789abcdef', now(), now());
insert into entries (board, user_id, score, rank_key, seq, touched, points, achieved_at)
values ('scoreboard', ('00000000-0000-4000-8000-' || lpad(to_hex(:player::bigint), 12, '0'))::uuid,
        10, -10, :run::bigint, :run::bigint, 10, now())
on conflict (board, user_id) do update set
  score = entries.score + 10, rank_key = entries.rank_key - 10, seq = excluded.seq, touched = excluded.touched,
  points = entries.points + 10, achieved_at = excluded.achieved_at;
commit;
