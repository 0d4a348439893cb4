-- Whom a project takes in.

-- name: of_project
select served_regions, repeat_days from dialer.project where id = :project;

-- name: of_campaign
select p.served_regions, p.repeat_days
from dialer.campaign c
join dialer.project p on p.id = c.project
where c.id = :campaign;

-- name: of_list
select p.served_regions, p.repeat_days
from dialer.list l
join dialer.project p on p.id = l.project
where l.id = :list;

-- name: set
update dialer.project set served_regions = :served::text[], repeat_days = :repeat_days where id = :project returning id;

-- name: drop_repeats
-- Staged rows whose number came within the project's days, or stands earlier in the stage: told, and taken off it. An
-- order that is there already is left to `move_stage`, which tells it as that.
with list as materialized (
    select l.project, p.repeat_days
    from dialer.list l
    join dialer.project p on p.id = l.project
    where l.id = :list
), new as materialized (
    select s.id, s.number, first_value(s.id) over (partition by s.number order by s.row, s.id) as first
    from lead_stage s
    cross join list l
    where s.number is not null
      and not exists (select from dialer.lead o where o.project = l.project and o.external_id = s.external_id)
), repeats as materialized (
    select n.id, coalesce(known.id, case when n.first <> n.id then n.first end) as lead
    from list l
    cross join new n
    left join lateral (
        select o.id
        from dialer.phone h
        join dialer.lead o on o.id = h.lead
        where h.number = n.number and o.project = l.project and o.withdrawn is null
          and o.created_at > now() - make_interval(days => l.repeat_days)
        order by o.id desc
        limit 1
    ) known on true
)
delete from lead_stage s
using repeats r
where s.id = r.id and r.lead is not null
returning s.id::text as lead, s.row, s.external_id, s.state = 'needs_decision' as asks, r.lead::text as repeats;

-- name: came_lately
select distinct h.number
from dialer.phone h
join dialer.lead o on o.id = h.lead
join dialer.project p on p.id = o.project
where o.project = :project and h.number = any(:numbers::text[]) and o.withdrawn is null
  and o.created_at > now() - make_interval(days => p.repeat_days);

-- name: states
select l.id::text as lead, l.state from dialer.lead l where l.id = any(:leads::text[]::uuid[]);
