-- name: audit
-- Who changed what, in the transaction of the change.
insert into audit (actor, action, entity_type, entity_id, details, request_id)
values (%(actor)s, %(action)s, %(entity_type)s, %(entity_id)s, %(details)s, %(request_id)s);

-- name: audit_log
-- The newest changes first; every condition may be null for "any".
select id, actor, action, entity_type, entity_id, details, request_id, created_at
from audit
where id < %(before)s
  and (%(actor)s::uuid is null or actor = %(actor)s::uuid)
  and (%(action)s::text is null or action = %(action)s::text)
  and (%(entity_type)s::text is null or entity_type = %(entity_type)s::text)
  and (%(entity_id)s::text is null or entity_id = %(entity_id)s::text)
  and (%(since)s::timestamptz is null or created_at >= %(since)s::timestamptz)
  and (%(until)s::timestamptz is null or created_at < %(until)s::timestamptz)
order by id desc limit %(limit)s;
