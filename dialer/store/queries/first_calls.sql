-- First calls of fresh requests. Instants are epoch seconds.

-- name: hasten
-- Who has waited half of his time goes before all leads but promised calls.
update dialer.lead l
set own_priority = coalesce(l.own_priority, l.priority), priority = 10
from dialer.campaign c
where c.state = 'running' and l.campaign = c.id and l.is_fresh and l.first_called_at is null
  and l.state in ('ready', 'waiting') and l.priority < 10
  and l.created_at > to_timestamp(:now) - interval '3 days'
  and l.created_at <= to_timestamp(:now - (c.rules ->> 'first_call_s')::float8 / 2);

-- name: fresh
-- Requests that came since then and were not called within the allowed time, by the clock on the wall; the oldest first.
select l.id::text as lead, coalesce(l.external_id, '') as external_id, z.name as zone, l.state, l.reason,
       extract(epoch from l.created_at)::float8 as came_at, extract(epoch from l.first_called_at)::float8 as called_at,
       extract(epoch from l.asked_at)::float8 as asked_at
from dialer.lead l
join dialer.zone z on z.id = l.zone
where l.campaign = :campaign and l.is_fresh and l.created_at > to_timestamp(:since)
  and coalesce(l.first_called_at, to_timestamp(:now)) > l.created_at + make_interval(secs => :first_call_s)
  and (l.first_called_at is not null or l.state in ('ready', 'waiting', 'claimed', 'in_call'))
order by l.created_at
limit :bound;
