-- The day of a campaign, in its project's zone. Instants are epoch seconds.

-- name: today
-- Ids begin with their milliseconds (UUIDv7), so the day's attempts are one range of the key; an attempt that was settled
-- today was reserved yesterday at the earliest. A campaign without any has one row with no outcome.
with day as materialized (
    select c.id as campaign, d.begins_at, d.ends_at,
           rpad(lpad(to_hex((extract(epoch from d.begins_at - interval '1 day') * 1000)::bigint), 12, '0'), 32, '0')::uuid
               as first_id
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    cross join lateral (select date_trunc('day', to_timestamp(:now) at time zone p.zone) as midnight) z
    cross join lateral (
        select z.midnight at time zone p.zone as begins_at,
               (z.midnight + interval '1 day') at time zone p.zone as ends_at
    ) d
    where c.state in ('running', 'paused', 'stopping')
)
select d.campaign, extract(epoch from d.ends_at)::float8 as ends_at, a.outcome, count(a.id) as attempts,
       count(a.bridged_at) as joined
from day d
left join dialer.attempt a
    on a.campaign = d.campaign and a.id >= d.first_id and a.settled_at >= d.begins_at and a.outcome is not null
group by d.campaign, d.ends_at, a.outcome;
