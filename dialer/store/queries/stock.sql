-- What a campaign holds, for a look ahead: facts only, `core.permit` judges.

-- name: stock
-- Every lead of a campaign once, alike ones of a list together: of times that are still to come the earliest stands for all.
with campaign as materialized (
    select c.id, c.project, make_interval(secs => (c.rules ->> 'minimum_gap_s')::float8) as minimum_gap,
           nullif(c.rules -> 'number_limits', 'null') as limits, p.zone as own_zone, to_timestamp(:now) as now
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = :campaign
), facts as (
    select l.list, z.name as zone, l.state, l.reason, l.held, greatest(l.attempts, cardinality(l.tried)) as attempts, l.asked_at,
           case when l.next_call_at > c.now then l.next_call_at end as due_at,
           l.expires_at <= c.now as is_expired,
           exists (
               select from dialer.do_not_call d
               where d.number = l.number and (d.project is null or d.project = c.project)
           ) as forbidden,
           coalesce(l.fields ->> 'consent', '') <> '' as has_consent,
           case when rest.ends_at > c.now then rest.ends_at end as rests_until
    from campaign c
    join dialer.lead l on l.campaign = c.id
    join dialer.zone z on z.id = l.zone
    left join lateral (
        select dialer.number_rests_until(
                   l.number, l.id, coalesce(nullif(split_part(z.name, '|', 1), ''), c.own_zone), c.minimum_gap, c.limits
               ) as ends_at
        where l.state in ('ready', 'waiting')
          and ((c.limits ->> 'per_person')::boolean or exists (
              select from dialer.called_number m
              where m.number = l.number and (c.limits is not null or m.called_at + c.minimum_gap > c.now)
          ))
    ) rest on true
)
select f.list, f.zone, f.state, f.reason, f.held, f.attempts, f.is_expired, f.forbidden, f.has_consent,
       extract(epoch from min(f.due_at))::float8 as due_at,
       extract(epoch from min(f.rests_until))::float8 as rests_until,
       extract(epoch from max(f.asked_at))::float8 as asked_at,
       count(*) as leads
from facts f
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, f.due_at is null, f.rests_until is null, f.rests_until = 'infinity',
         f.asked_at > to_timestamp(:asked_since);
