-- What bears on whether a lead may be called: facts only, `core.permit` judges. Instants are epoch seconds.

-- name: callee
select l.campaign, z.name as zone, l.state, coalesce(l.withdrawn, l.reason) as reason, l.held, greatest(l.attempts, cardinality(l.tried)) as attempts,
       extract(epoch from l.next_call_at)::float8 as due_at, extract(epoch from l.expires_at)::float8 as expires_at,
       dialer.is_forbidden(l.number, l.project) as forbidden, coalesce(l.fields ->> 'consent', '') <> '' as has_consent,
       extract(epoch from l.asked_at)::float8 as asked_at,
       extract(epoch from dialer.number_rests_until(
           l.number, l.id, coalesce(nullif(split_part(z.name, '|', 1), ''), p.zone),
           make_interval(secs => (c.rules ->> 'minimum_gap_s')::float8), nullif(c.rules -> 'number_limits', 'null')
       ))::float8 as rests_until
from dialer.lead l
join dialer.campaign c on c.id = l.campaign
join dialer.project p on p.id = l.project
join dialer.zone z on z.id = l.zone
where l.id = :lead::text::uuid;
