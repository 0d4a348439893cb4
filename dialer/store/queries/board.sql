-- What the wallboard asks of the books now and then. Instants are epoch seconds.

-- name: agents
-- Talks of the day in campaigns under way, by agent. An id tells its time: only the day's attempts are read.
with day as materialized (
    select c.id as campaign, c.project, d.begins_at
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    cross join lateral (
        select date_trunc('day', to_timestamp(:now) at time zone p.zone) at time zone p.zone as begins_at
    ) d
    where c.state in ('running', 'paused', 'stopping')
), dictionary as materialized (
    select distinct on (d.campaign, w.code) d.campaign, w.code, w.effect = 'done' and not w.is_refusal as is_agreement
    from day d
    join dialer.disposition w on w.project = d.project or w.project is null
    order by d.campaign, w.code, w.project nulls last
)
select a.agent, count(*) as calls,
       count(*) filter (where coalesce(a.disposition, '') not in ('machine', 'assistant')) as contacts,
       count(*) filter (where w.is_agreement) as agreements,
       coalesce(sum(extract(epoch from a.ended_at - a.bridged_at)), 0)::float8 as talk_s
from day d
join dialer.attempt a
    on a.campaign = d.campaign and a.reserved_at >= d.begins_at and a.reserved_at <= to_timestamp(:now)
    and a.id >= dialer.uuid7_floor(to_timestamp(:now) - interval '26 hours')
left join dictionary w on w.campaign = d.campaign and w.code = a.disposition
where a.agent is not null and a.bridged_at is not null and not a.abandoned
group by a.agent;

-- name: fresh
-- How many requests came in the last day to campaigns under way that promise a first call.
select c.id as campaign, count(l.id) as came
from dialer.campaign c
left join dialer.lead l
    on l.campaign = c.id and l.is_fresh and l.created_at > to_timestamp(:now) - interval '1 day'
where c.state in ('running', 'paused', 'stopping') and c.rules ->> 'first_call_s' is not null
group by c.id;
