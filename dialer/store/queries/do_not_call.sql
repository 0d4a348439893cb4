-- Numbers that must not be called: for one project, or without one for every project.

-- name: forbid
-- Leads that wait are out at once; those in a call are marked, every daemon is told (`news.py`), and they are settled so
-- when the call is over.
with given as materialized (
    select distinct n as number from unnest(:numbers::text[]) as n
), added as (
    insert into dialer.do_not_call (number, project, reason, created_at)
    select g.number, :project, :reason, to_timestamp(:at) from given g order by g.number
    on conflict do nothing
    returning number
), withdrawn as (
    update dialer.lead l
    set state = case when l.state in ('claimed', 'in_call') then l.state else 'refused' end,
        reason = case when l.state in ('claimed', 'in_call') then l.reason else 'do_not_call' end,
        withdrawn = 'do_not_call'
    where l.id = any(array(select h.lead from given g join dialer.phone h on h.number = g.number))
      and (:project::integer is null or l.project = :project)
      and l.state in ('needs_decision', 'ready', 'waiting', 'claimed', 'in_call')
    returning l.id, l.project, case when l.state = 'refused' then dialer.closed_event(l) end as closed
), told as (
    insert into dialer.outbox (project, lead, kind, payload)
    select w.project, w.id, 'lead_closed', w.closed from withdrawn w where w.closed is not null
)
select (select count(*) from added) as added, array(select w.id::text from withdrawn w) as leads,
       (select count(pg_notify('dialer_lead_withdrawn', w.id::text)) from withdrawn w where w.closed is null) as told;

-- name: allow
delete from dialer.do_not_call d
where d.number = any(:numbers::text[]) and d.project is not distinct from :project
returning d.number;

-- name: entries
select d.number, d.project, d.reason, extract(epoch from d.created_at)::float8 as at
from dialer.do_not_call d
where (d.number, coalesce(d.project, 0)) > (:after_number::text, :after_project::integer)
  and (:projects::integer[] is null or d.project = any(:projects::integer[]))
  and (:number::text is null or d.number = :number)
order by d.number, coalesce(d.project, 0)
limit :bound;
