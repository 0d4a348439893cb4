-- Promised calls. Instants are epoch seconds.

-- name: open
-- Those not kept yet, the earliest first: of one campaign or of all, due before `before`.
select b.lead::text as lead, l.campaign, coalesce(l.external_id, '') as external_id, b.agent, l.reason,
       extract(epoch from b.call_at)::float8 as call_at
from dialer.callback b
join dialer.lead l on l.id = b.lead
where b.called_at is null and b.call_at <= to_timestamp(:before)
  and l.state in ('ready', 'waiting') and (:campaign::integer is null or l.campaign = :campaign)
order by b.call_at, b.lead
limit :bound;
