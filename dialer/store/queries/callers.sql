-- The numbers that projects show, and what becomes of calls under each. Instants are epoch seconds.

-- name: find
select id, project, number, name, label, contract, label_from, label_until, regions, trunks, is_active
from dialer.caller
where (:project::integer is null or project = :project) and (:id::integer is null or id = :id)
order by id;

-- name: add
insert into dialer.caller (project, number, name, label, contract, label_from, label_until, regions, trunks, is_active)
values (:project, :number, :name, :label, :contract, :label_from, :label_until, :regions, :trunks, :is_active)
returning id;

-- name: change
update dialer.caller
set number = :number, name = :name, label = :label, contract = :contract, label_from = :label_from,
    label_until = :label_until, regions = :regions, trunks = :trunks, is_active = :is_active
where id = :id and project = :project
returning id;

-- name: reach
-- An id tells its time: so only these months are read. Calls are counted by number first, then the numbers are named.
with counted as (
    select a.caller, count(*) as dialled, count(a.answered_at) as answered,
           count(*) filter (where a.outcome = 'blocked') as blocked,
           count(*) filter (where a.outcome = 'rejected') as rejected,
           count(*) filter (where a.outcome = 'no_answer') as no_answer
    from dialer.attempt a
    where a.campaign = any(array(select c.id from dialer.campaign c where c.project = :project))
      and a.dialled_at is not null and a.outcome is not null
      and a.id >= dialer.uuid7_floor(to_timestamp(:since)) and a.id < dialer.uuid7_floor(to_timestamp(:until))
    group by a.caller
)
select coalesce(k.name, '') as name, sum(c.dialled)::bigint as dialled, sum(c.answered)::bigint as answered,
       sum(c.blocked)::bigint as blocked, sum(c.rejected)::bigint as rejected, sum(c.no_answer)::bigint as no_answer
from counted c
left join dialer.caller k on k.project = :project and k.number = c.caller
group by 1
order by dialled desc, name;
