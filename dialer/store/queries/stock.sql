-- What a campaign holds, for a look ahead.

-- name: stock
-- Every lead of a campaign once: what keeps it from being called, and its zone.
with campaign as materialized (
    select c.id, c.project, (c.rules ->> 'max_attempts')::integer as max_attempts
    from dialer.campaign c
    where c.id = :campaign
), judged as (
    select l.zone,
           case
               when l.state in ('done', 'refused', 'expired', 'needs_decision') then coalesce(nullif(l.reason, ''), l.state)
               when l.state in ('claimed', 'in_call') then 'in_call'
               when l.held then 'list_paused'
               when l.expires_at <= to_timestamp(:now) then 'expired'
               when l.attempts >= c.max_attempts then 'attempts_used_up'
               when exists (
                   select from dialer.do_not_call d
                   where d.number = l.number and (d.project is null or d.project = c.project)
               ) then 'do_not_call'
               when l.next_call_at > to_timestamp(:now) then 'later'
               else 'callable'
           end as reason
    from campaign c
    join dialer.lead l on l.campaign = c.id
)
select j.reason, z.name as zone, count(*) as leads
from judged j
join dialer.zone z on z.id = j.zone
group by 1, 2;
