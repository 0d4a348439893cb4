-- The campaign's ($1) attempts as one row: the kept sums of the days [$2, $3], and what they do not hold.
with part as (
    select r.attempts, 0 as live, r.dialled, r.answered, r.by_person, r.connected, r.abandoned, r.silent, r.caller_left,
           r.late_joined, r.talk_s
    from dialer.report_day r
    where r.campaign = $1 and r.day between $2 and $3
    union all
    select 1, (u.outcome is null)::integer, (u.dialled_at is not null)::integer, (u.answered_at is not null)::integer,
           u.by_person::integer, u.connected::integer, u.abandoned::integer, u.silent::integer, u.caller_left::integer,
           u.late_joined::integer, extract(epoch from u.ended_at - u.bridged_at)
    from unsummed u
), spell as (
    select w.first_at, w.last_at
    from dialer.report_wait w
    where w.campaign = $1 and w.day between $2 and $3
    union all
    select u.reserved_at, coalesce(u.ended_at, u.settled_at, u.reserved_at)
    from unsummed u
), wait as (
    select unnest(w.waits_s) as seconds
    from dialer.report_wait w
    where w.campaign = $1 and w.day between $2 and $3
    union all
    select extract(epoch from u.bridged_at - u.answered_at)::float8
    from unsummed u
    where u.connected
), median as (
    select percentile_cont(array[0.5, 0.99]) within group (order by w.seconds) as waits_s
    from wait w
)
select coalesce(sum(p.attempts), 0)::bigint as attempts,
       coalesce(sum(p.live), 0)::bigint as live,
       coalesce(sum(p.dialled), 0)::bigint as dialled,
       coalesce(sum(p.answered), 0)::bigint as answered,
       coalesce(sum(p.by_person), 0)::bigint as answered_by_person,
       coalesce(sum(p.connected), 0)::bigint as connected,
       coalesce(sum(p.abandoned), 0)::bigint as abandoned,
       coalesce(sum(p.silent), 0)::bigint as silent,
       coalesce(sum(p.caller_left), 0)::bigint as caller_left,
       coalesce(sum(p.late_joined), 0)::bigint as late_joined,
       coalesce(sum(p.talk_s), 0)::float8 as talk_s,
       (select m.waits_s[1] from median m) as wait_median_s,
       (select m.waits_s[2] from median m) as wait_p99_s,
       (select min(s.first_at) from spell s) as first_at,
       (select max(s.last_at) from spell s) as last_at
from part p
