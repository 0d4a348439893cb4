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
-- Whole hours from the sums that are kept for reports (what was claimed before their watermark), the rest from the ledger.
-- Calls are counted by number first, then the numbers are named.
with asked as (
    select to_timestamp(:since) as since, to_timestamp(:until) as until,
           date_trunc('hour', to_timestamp(:since) + interval '1 hour' - interval '1 microsecond', 'UTC') as opens,
           case when to_timestamp(:until) >= w.summed_until then w.summed_until
                else date_trunc('hour', to_timestamp(:until), 'UTC') end as closes
    from dialer.report_watermark w
), own as (
    select array(select c.id from dialer.campaign c where c.project = :project) as campaigns
), counted as (
    select r.caller, r.dialled, r.answered, r.blocked, r.rejected, r.no_answer
    from dialer.report_caller r
    where r.campaign = any((select o.campaigns from own o)::integer[])
      and r.hour >= (select a.opens from asked a) and r.hour < (select a.closes from asked a)
    union all
    select a.caller, count(*), count(a.answered_at), count(*) filter (where a.outcome = 'blocked'),
           count(*) filter (where a.outcome = 'rejected'), count(*) filter (where a.outcome = 'no_answer')
    from (
        select e.campaign, e.caller, e.answered_at, e.outcome, e.dialled_at
        from dialer.attempt e
        where e.reserved_at >= (select k.since from asked k) and e.reserved_at < (select least(k.opens, k.until) from asked k)
          -- An id tells its time: so only these hours are read.
          and e.id >= (select dialer.uuid7_floor(k.since - interval '1 second') from asked k)
          and e.id < (select dialer.uuid7_floor(least(k.opens, k.until) + interval '1 second') from asked k)
        union all
        select e.campaign, e.caller, e.answered_at, e.outcome, e.dialled_at
        from dialer.attempt e
        where e.reserved_at >= (select greatest(k.opens, k.closes) from asked k) and e.reserved_at < (select k.until from asked k)
          and e.id >= (select dialer.uuid7_floor(greatest(k.opens, k.closes) - interval '1 second') from asked k)
          and e.id < (select dialer.uuid7_floor(k.until + interval '1 second') from asked k)
    ) a
    where a.campaign = any((select o.campaigns from own o)::integer[]) and a.dialled_at is not null and a.outcome is not null
    group by a.caller
)
select coalesce(k.name, '') as name, sum(c.dialled)::bigint as dialled, sum(c.answered)::bigint as answered,
       sum(c.blocked)::bigint as blocked, sum(c.rejected)::bigint as rejected, sum(c.no_answer)::bigint as no_answer
from counted c
left join dialer.caller k on k.project = :project and k.number = c.caller
group by 1
order by dialled desc, name;
