-- name: audit
-- Who changed what, in the transaction of the change.
insert into audit (actor, action, entity_type, entity_id, details, request_id)
values (%(actor)s, %(action)s, %(entity_type)s, %(entity_id)s, %(details)s, %(request_id)s);

-- name: audit_log
-- The newest changes first.
select id, actor, action, entity_type, entity_id, details, request_id, created_at
from audit where id < %(before)s order by id desc limit %(limit)s;
