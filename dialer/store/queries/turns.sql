-- How long until a lead's turn comes: facts only, `core.turn` estimates. Instants are epoch seconds.

-- name: ahead
-- Leads that the claim would take before this one at the moment `at`, counted to a bound, queue by queue in the claim's
-- own index. Without what is known of who answers just now: that changes the order within a priority from hour to hour.
with own as materialized (
    select l.id, l.campaign, l.priority, l.next_call_at from dialer.lead l where l.id = :lead::text::uuid
)
select count(*)
from (
    select
    from own
    cross join lateral dialer.queues(own.campaign) q
    join dialer.zone z on z.id = q.zone and z.parts <@ :open_zones::text[]
    cross join lateral (
        select
        from dialer.lead l
        where l.campaign = own.campaign and l.zone = q.zone and l.priority = q.priority and l.stratum = q.stratum
          and l.state in ('ready', 'waiting') and not l.held
          and l.next_call_at <= to_timestamp(:at)
          and (q.priority > own.priority or (l.next_call_at, l.id) < (own.next_call_at, own.id))
        limit :bound
    ) before
    where q.priority >= own.priority
    limit :bound
) counted;

-- name: pace
-- Calls that the campaign started since the id of a moment, and when the first of them was: ids begin with their time,
-- so this reads the last minutes of one partition.
select count(*) as calls, extract(epoch from min(a.reserved_at))::float8 as first_at
from dialer.attempt a
where a.id >= :since::text::uuid and a.campaign = :campaign and a.outcome is distinct from 'not_sent';
