-- name: action_serials
-- Which of a player's action keys are live.
select action_serial, action_rotated_at from users where id = %(user_id)s;

-- name: recent_revocations
-- What every process reads twice a second; without `since`, all that may still matter.
select id, created_at, user_id, login_id, generation from revocations
where created_at > coalesce(%(since)s::timestamptz, clock_timestamp() - %(kept)s::interval)
order by id;

-- name: taken_fields
-- Which unique fields of a registration belong to somebody: (username, email).
select
  exists (select from users where username_key = %(username_key)s),
  exists (select from users where email_key = %(email_key)s);

-- name: insert_user
-- A new user; no row when the name or the address was taken meanwhile.
insert into users (id, username, username_key, email, email_key, password_hash, role, time_zone)
values (%(user_id)s, %(username)s, %(username_key)s, %(email)s, %(email_key)s, %(password_hash)s, %(role)s,
        %(time_zone)s)
on conflict do nothing;

-- name: find_for_login
-- What checking a password takes: (id, hash, blocked).
select id, password_hash, blocked_at is not null from users where username_key = %(username_key)s;

-- name: replace_hash
-- The same password hashed anew; not if it was changed meanwhile.
update users set password_hash = %(new)s where id = %(user_id)s and password_hash = %(old)s;

-- name: open_login
-- A new login of a user whose password was just verified; no row when that or a block changed meanwhile.
-- The lock makes a block or a password change wait, so that it ends this login too.
with account as (
  select id, username, role, generation, action_serial from users
  where id = %(user_id)s and password_hash = %(verified_hash)s and blocked_at is null
  for share
), opened as (
  insert into logins (id, user_id, address, agent)
  select %(login_id)s::uuid, id, %(address)s, %(agent)s from account
)
select id, username, role, generation, action_serial from account;

-- name: store_refresh_token
-- The hash of a refresh token that was just handed out.
insert into refresh_tokens (hash, login_id, issued_at, expires_at)
values (%(hash)s, %(login_id)s, %(now)s, %(expires_at)s);

-- name: find_refresh_token
-- A presented token with its login and user, all locked: a rotation, a logout and a block happen one after another.
select r.expires_at, r.used_at, l.id, l.ended_at is not null or u.blocked_at is not null,
  u.id, u.username, u.role, u.generation, u.action_serial
from users u join logins l on l.user_id = u.id join refresh_tokens r on r.login_id = l.id
where r.hash = %(hash)s
for no key update;

-- name: use_refresh_token
-- Marks the token as used; the grace runs from the first use.
update refresh_tokens set used_at = coalesce(used_at, %(now)s) where hash = %(hash)s;

-- name: login_of_refresh_token
-- The login that a browser ends whose access token has expired.
select login_id from refresh_tokens where hash = %(hash)s;

-- name: end_login
-- Ends one login and lets every process know.
with ended as (
  update logins set ended_at = now(), end_reason = %(reason)s
  where id = %(login_id)s and ended_at is null
  returning user_id, id
)
insert into revocations (user_id, login_id) select user_id, id from ended
returning user_id, login_id, generation;

-- name: end_logins
-- Ends all logins of a user but one, and lets every process know.
with ended as (
  update logins set ended_at = now(), end_reason = %(reason)s
  where user_id = %(user_id)s and ended_at is null and id is distinct from %(kept)s::uuid
  returning user_id, id
)
insert into revocations (user_id, login_id) select user_id, id from ended
returning user_id, login_id, generation;

-- name: raise_generation
-- Refuses every token that the user has, and lets every process know.
with raised as (
  update users set generation = generation + 1 where id = %(user_id)s returning id, generation
)
insert into revocations (user_id, generation) select id, generation from raised
returning user_id, login_id, generation;

-- name: announce_user
-- Lets every process read the user anew.
insert into revocations (user_id) values (%(user_id)s) returning user_id, login_id, generation;

-- name: rotate_action_key
-- A new action key; the one before lives on for a day.
update users set action_serial = action_serial + 1, action_rotated_at = %(now)s
where id = %(user_id)s
returning action_serial;

-- name: find_profile
-- What people see of themselves.
select id, username, email, role, time_zone, avatar_url, created_at, blocked_at from users where id = %(user_id)s;

-- name: find_viewer
-- What every page shows of the one who looks at it, but the role, which is the token's.
select username, avatar_url from users where id = %(user_id)s;

-- name: set_time_zone
-- Where the user's days begin.
update users set time_zone = %(time_zone)s where id = %(user_id)s;

-- name: set_password
-- A new password.
update users set password_hash = %(hash)s where id = %(user_id)s;

-- name: store_avatar
-- The one picture of a user.
insert into avatars (user_id, media_type, image, checksum)
values (%(user_id)s, %(media_type)s, %(image)s, %(checksum)s)
on conflict (user_id) do update
set media_type = excluded.media_type, image = excluded.image, checksum = excluded.checksum;

-- name: delete_avatar
-- The user shows no picture any more.
delete from avatars where user_id = %(user_id)s;

-- name: set_avatar_url
-- Where boards find the picture.
update users set avatar_url = %(avatar_url)s where id = %(user_id)s;

-- name: find_avatar
-- The picture as it is served: (media type, bytes, checksum).
select media_type, image, checksum from avatars where user_id = %(user_id)s;

-- name: find_managed
-- A user whom an admin is about to change, locked: (role, blocked).
select role, blocked_at is not null from users where id = %(user_id)s for no key update;

-- name: set_role
-- A new role; raise the generation with it.
update users set role = %(role)s where id = %(user_id)s;

-- name: set_blocked
-- Blocks or unblocks; a block keeps its first date.
update users set blocked_at = case when %(blocked)s then coalesce(blocked_at, now()) end where id = %(user_id)s;

-- name: record_audit
-- Who changed what of a user; no actor when it was done from the shell.
insert into audit (actor, action, entity_type, entity_id, details, request_id)
values (%(actor)s, %(action)s, 'user', %(user_id)s, %(details)s, %(request_id)s);

-- name: list_users
-- For the shell, oldest first.
select id, username, email, role, blocked_at is not null, created_at from users order by created_at, id;

-- name: search_users
-- Whose name begins so, for admins.
select id, username, email, role, blocked_at is not null, created_at from users
where starts_with(username_key, %(key)s) order by username_key limit %(limit)s;

-- name: find_by_name
-- The id of a user by name, for the shell and for the admin that migrate makes sure exists: (id, role, blocked).
select id, role, blocked_at is not null from users where username_key = %(username_key)s;

-- name: names
-- What these users are called.
select id, username from users where id = any(%(users)s::uuid[]);

-- name: delete_old_revocations
-- No token is left that these could concern.
delete from revocations where id in (
  select id from revocations where created_at < now() - %(kept)s::interval order by created_at limit %(limit)s
);

-- name: delete_expired_tokens
-- Refresh tokens that could only be answered with "expired".
delete from refresh_tokens where hash in (
  select hash from refresh_tokens where expires_at < now() limit %(limit)s
);

-- name: delete_old_logins
-- Logins that ended long ago, and those that ran out because nobody renewed them.
delete from logins where id in (
  select l.id from logins l
  where l.ended_at < now() - %(kept)s::interval
    or (l.ended_at is null and l.created_at < now() - %(kept)s::interval
        and not exists (select from refresh_tokens r where r.login_id = l.id))
  limit %(limit)s
);
