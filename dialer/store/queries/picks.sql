-- Leads for an agent to choose from. Instants are epoch seconds.

-- name: due
-- Those that may be called now as far as hours and turns go: his own promised calls first, then as a claim would go.
with open_queue as materialized (
    select q.zone, q.priority, q.stratum
    from dialer.queues(:campaign) q
    join dialer.zone z on z.id = q.zone
    where z.parts <@ :open_zones::text[]
), first as (
    select due.id, due.priority, due.next_call_at
    from open_queue q
    cross join lateral (
        select l.id, l.priority, l.next_call_at
        from dialer.lead l
        where l.campaign = :campaign and l.zone = q.zone and l.priority = q.priority and l.stratum = q.stratum
          and l.state in ('ready', 'waiting') and not l.held and l.next_call_at <= to_timestamp(:now)
          and not exists (select from dialer.live_attempt v where v.number = l.number)
          and (l.priority < 11 or not dialer.is_promised_to_another(l.id, array[:agent::integer], to_timestamp(:now)))
        order by l.next_call_at, l.id
        limit :bound
    ) due
)
select f.id::text as lead
from first f
order by dialer.promised_to(f.id, to_timestamp(:now)) is not null desc, f.priority desc, f.next_call_at, f.id
limit :bound;

-- name: called_so
-- The order of this number, and orders of these phones, in these campaigns: those that are open first.
select l.id::text as lead
from (
    select l.id
    from dialer.lead l
    where l.project = any(:projects::integer[]) and l.external_id = :external_id
    union
    select h.lead
    from dialer.phone h
    where h.number = any(:numbers::text[])
) found
join dialer.lead l on l.id = found.id
where l.campaign = any(:campaigns::integer[])
order by l.state in ('ready', 'waiting') desc, l.id desc
limit :bound;

-- name: shown
select l.id::text as lead, l.external_id, l.person, p.masks_numbers,
       dialer.promised_to(l.id, to_timestamp(:now)) as promised_by
from dialer.lead l
join dialer.project p on p.id = l.project
where l.id = :lead::text::uuid;
