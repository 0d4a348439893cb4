-- The operator's own corrections to the production calendar.

-- name: all
select day, works, reason, set_by as by, extract(epoch from set_at)::float8 as at from dialer.work_day order by day;

-- name: put
insert into dialer.work_day (day, works, reason, set_by, set_at)
values (:day, :works, :reason, :by, to_timestamp(:at))
on conflict (day) do update
set works = excluded.works, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at;

-- name: drop
delete from dialer.work_day where day = :day returning day;
