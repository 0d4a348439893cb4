-- The lock of the one daemon that leads. It lives as long as the session that took it.

-- name: take
-- Who holds it gets it again.
select pg_try_advisory_lock(:key);

-- name: holder
select coalesce(host(a.client_addr), 'this machine') as address, extract(epoch from a.backend_start)::float8 as since
from pg_locks l
join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = 0 and l.objid = :key::bigint::oid
  and l.database = (select d.oid from pg_database d where d.datname = current_database());
