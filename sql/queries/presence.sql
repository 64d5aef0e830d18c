-- name: names
-- What these people are called.
select id, username from users where id = any(%(users)s::uuid[]);
