-- Who will answer differs most by mobile or fixed and by attempts made: leads of one stratum share a queue, so that a
-- claim can take the queue that answers best just now without looking at the others' leads. As `core.reach` counts them:
-- mobiles with 0, 1, 2, 3 or more attempts, then all others likewise.
alter table dialer.lead
    add column stratum smallint not null
        generated always as ((case when number like '9%' then 0 else 4 end) + least(attempts, 3)) stored;

drop index dialer.lead_due;

-- The claim's index: each (zone, priority, stratum) is a queue of its own in the order of time.
create index lead_due on dialer.lead (campaign, zone, priority, stratum, next_call_at, id)
    where state in ('ready', 'waiting') and not held;

-- The queues of a campaign in which anybody waits, one step in the index for each.
create function dialer.queues(wanted integer) returns table (zone smallint, priority smallint, stratum smallint)
language sql stable
begin atomic
    with recursive queue as (
        (
            select l.zone, l.priority, l.stratum
            from dialer.lead l
            where l.campaign = wanted and l.state in ('ready', 'waiting') and not l.held
            order by l.zone, l.priority, l.stratum
            limit 1
        )
        union all
        select further.zone, further.priority, further.stratum
        from queue q
        cross join lateral (
            select l.zone, l.priority, l.stratum
            from dialer.lead l
            where l.campaign = wanted and l.state in ('ready', 'waiting') and not l.held
              and (l.zone, l.priority, l.stratum) > (q.zone, q.priority, q.stratum)
            order by l.zone, l.priority, l.stratum
            limit 1
        ) further
    )
    select q.zone, q.priority, q.stratum from queue q;
end;
