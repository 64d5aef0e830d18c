-- name: page
-- What the event log has of some kind, the newest first.
select position, name, type, data::text, entity_type, entity_id, created_by, created_at from events
where position < %(before)s
  and (%(type)s::text is null or type = %(type)s)
  and (%(entity_type)s::text is null or entity_type = %(entity_type)s)
  and (%(entity_id)s::text is null or entity_id = %(entity_id)s)
  and (%(actor)s::uuid is null or created_by = %(actor)s)
  and (%(since)s::timestamptz is null or created_at >= %(since)s)
  and (%(until)s::timestamptz is null or created_at < %(until)s)
order by position desc limit %(limit)s;

-- name: heard
-- Of announcements and notices for one user or one role: (position, how many they are for, how many of them were
-- reached, some of those who were, some of those who were not). Who came later is not missed.
select w.position, heard.*
from unnest(%(positions)s::bigint[], %(entities)s::uuid[], %(users)s::uuid[], %(roles)s::text[],
            %(times)s::timestamptz[]) as w (position, entity, user_id, role, at)
cross join lateral (
  select count(*), count(reached_at),
         coalesce((array_agg(id order by id) filter (where reached_at is not null))[:%(most)s], '{}'),
         coalesce((array_agg(id order by id) filter (where reached_at is null))[:%(most)s], '{}')
  from (
    select u.id, coalesce(r.reached_at, n.reached_at) as reached_at
    from users u
    left join receipts r on r.announcement_id = w.entity and r.user_id = u.id
    left join notices n on n.id = w.entity and n.user_id = u.id
    where u.id = w.user_id
    union all
    select u.id, r.reached_at
    from users u left join receipts r on r.announcement_id = w.entity and r.user_id = u.id
    where w.role is not null and u.role = w.role and u.created_at <= w.at
  ) addressed
) heard;
