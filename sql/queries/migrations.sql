-- name: lock
-- Two programs that migrate at once wait for each other; released when the connection closes.
select pg_advisory_lock(%(lock)s);

-- name: create_table
create table if not exists migrations (
  name text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);

-- name: applied
select name, checksum from migrations;

-- name: record
insert into migrations (name, checksum) values (%(name)s, %(checksum)s);
