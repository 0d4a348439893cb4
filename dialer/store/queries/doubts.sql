-- name: end_session
-- True: ended; no row: it was gone already; false: it would not end in time. (Only our own processes.)
select pg_terminate_backend(a.pid, :wait_ms)
from pg_stat_activity a
where a.pid = :session and a.usename = current_user and a.application_name = 'dialer' and a.pid <> pg_backend_pid();
