-- All that bears on whether a lead is dialled: the lead whose id ($1) or external id ($2) this is.
select l.id::text, l.external_id, l.state, l.reason, l.held, l.withdrawn, greatest(l.attempts, cardinality(l.tried)) as attempts, z.name as zone,
       extract(epoch from l.next_call_at)::float8 as next_call_at,
       extract(epoch from l.expires_at)::float8 as expires_at,
       p.name as project, p.zone as project_zone,
       c.id as campaign_id, c.name as campaign, c.state as campaign_state,
       (select d.reason from dialer.do_not_call d
        where d.number = l.number and (d.project is null or d.project = l.project)
        order by d.project nulls first limit 1) as do_not_call,
       coalesce(l.fields ->> 'consent', '') <> '' as has_consent,
       extract(epoch from l.asked_at)::float8 as asked_at,
       extract(epoch from dialer.number_rests_until(
           l.number, l.id, coalesce(nullif(split_part(z.name, '|', 1), ''), p.zone),
           make_interval(secs => (c.rules ->> 'minimum_gap_s')::float8), nullif(c.rules -> 'number_limits', 'null')
       ))::float8 as rests_until,
       exists (select from dialer.live_attempt v where v.number = l.number and v.lead <> l.id) as number_is_busy
from dialer.lead l
join dialer.campaign c on c.id = l.campaign
join dialer.project p on p.id = l.project
join dialer.zone z on z.id = l.zone
where l.id = $1 or l.external_id = $2
order by l.id
