-- The agent's desk: what was shown and typed during an attempt, versions of scripts and forms, project information.

-- name: talk
-- The talk's surroundings, and the versions shown in it: those of its first look, whatever was approved since.
with here as materialized (
    select a.id as attempt, a.lead, c.project, coalesce(a.number, l.number, '') as number, z.name as zone,
           c.calendar, c.rules, c.script_version, c.form_version, l.withdrawn is not null as withdrawn
    from dialer.attempt a
    join dialer.lead l on l.id = a.lead
    join dialer.campaign c on c.id = a.campaign
    join dialer.zone z on z.id = a.zone
    where a.id = :attempt::text::uuid
), pinned as (
    insert into dialer.attempt_content (attempt, script, form)
    select h.attempt,
           (select v.id from dialer.content_version v
            where v.project = h.project and v.kind = 'script' and v.approved_at is not null
              and (h.script_version is null or v.version = h.script_version)
            order by v.version desc limit 1),
           (select v.id from dialer.content_version v
            where v.project = h.project and v.kind = 'form' and v.approved_at is not null
              and (h.form_version is null or v.version = h.form_version)
            order by v.version desc limit 1)
    from here h
    where not exists (select from dialer.attempt_content k where k.attempt = h.attempt)
    on conflict do nothing
    returning attempt, script, form
)
select h.lead::text as lead, h.project, h.number, h.zone, h.calendar::text as calendar, h.rules::text as rules, h.withdrawn,
       s.version as script_version, s.body::text as script, f.version as form_version, f.body::text as form,
       extract(epoch from clock_timestamp())::float8 as now
from here h
left join (
    select * from pinned
    union all
    select attempt, script, form from dialer.attempt_content where attempt = :attempt::text::uuid
) k on k.attempt = h.attempt
left join dialer.content_version s on s.id = k.script
left join dialer.content_version f on f.id = k.form
limit 1;

-- name: orders
-- The order that is called for, then the person's other open ones within the project: known by any of their numbers.
select l.id::text as lead, coalesce(l.external_id, '') as external_id, l.person, l.fields::text,
       case when l.state in ('ready', 'waiting') then extract(epoch from l.next_call_at)::float8 end as next_call_at
from dialer.lead l
where l.id = :lead::text::uuid
   or (l.project = :project and l.state in ('needs_decision', 'ready', 'waiting') and l.withdrawn is null
       and l.id = any(array(select h.lead from dialer.phone h where h.number = :number)))
order by l.id <> :lead::text::uuid, l.id
limit :most_orders;

-- name: past
select extract(epoch from a.reserved_at)::float8 as at, a.outcome, a.disposition, g.name as agent_name,
       coalesce(l.external_id, '') as external_id,
       coalesce(extract(epoch from a.ended_at - a.bridged_at), 0)::float8 as talk_s,
       case when a.bridged_at is not null then dialer.form_values(a.id, a.lead) else '{}' end::text as values
from dialer.lead l
join dialer.attempt a on a.lead = l.id
left join dialer.agent g on g.id = a.agent
where l.project = :project
  and (l.id = :lead::text::uuid or l.id = any(array(select h.lead from dialer.phone h where h.number = :number)))
  and a.id <> :attempt::text::uuid and a.outcome is not null
order by a.id desc
limit :most_past;

-- name: entered
select distinct on (e.lead, e.field) e.lead::text as lead, e.field, e.value, extract(epoch from e.at)::float8 as at
from dialer.form_edit e
where e.attempt = :attempt::text::uuid
order by e.lead, e.field, e.at desc;

-- name: edits
-- Every edit of one attempt, in the order of time.
select e.attempt::text as attempt, e.lead::text as lead, e.field, e.value, extract(epoch from e.at)::float8 as at, e.agent
from dialer.form_edit e
where e.attempt = :attempt::text::uuid
order by e.at, e.lead, e.field;

-- name: record
insert into dialer.form_edit (attempt, lead, field, at, value, agent)
select t.attempt, t.lead, t.field, to_timestamp(t.at), t.value, t.agent
from unnest(:attempts::text[]::uuid[], :leads::text[]::uuid[], :fields::text[], :at::float8[], :values::text[],
            :agents::integer[]) as t (attempt, lead, field, at, value, agent)
on conflict do nothing;

-- name: promise
-- The lead then goes before all others at that time.
with made as (
    insert into dialer.callback as c (lead, attempt, call_at, agent, made_at)
    select t.lead, :attempt::text::uuid, to_timestamp(t.call_at), t.agent, to_timestamp(:now)
    from unnest(:leads::text[]::uuid[], :call_at::float8[], :agents::integer[]) as t (lead, call_at, agent)
    on conflict (lead) do update
    set attempt = excluded.attempt, call_at = excluded.call_at, agent = excluded.agent, made_at = excluded.made_at,
        called_at = null
    returning c.lead
)
update dialer.lead l
set own_priority = coalesce(l.own_priority, l.priority), priority = 11
from made m
where l.id = m.lead;

-- name: agent_of
select agent from dialer.attempt where id = :attempt::text::uuid;

-- name: settle_orders
-- The person's other orders, in the same transaction as their results; one that is in a call meanwhile is left alone.
-- Where the number was wrong, it is wrong for this order too: its next phone, or none.
with told as materialized (
    select * from unnest(:leads::text[]::uuid[], :dispositions::text[], :states::text[], :reasons::text[],
                         :next_calls::float8[], :phone_is_bad::boolean[], :do_not_call::boolean[])
        as t (lead, disposition, state, reason, next_call_at, phone_is_bad, do_not_call)
), forbidden as (
    -- What he asks for holds for his number, whatever has become of the order meanwhile.
    insert into dialer.do_not_call (number, project, reason)
    select distinct on (l.project) :number, l.project, t.disposition
    from told t
    join dialer.lead l on l.id = t.lead
    where t.do_not_call
    on conflict do nothing
), spoiled as (
    update dialer.phone h
    set is_bad = true
    from told t
    where t.phone_is_bad and h.lead = t.lead and h.number = :number
), next_phone as materialized (
    select t.lead, h.position, h.number, h.zone
    from told t
    cross join lateral (
        select h.position, h.number, h.zone
        from dialer.phone h
        where h.lead = t.lead and not h.is_bad and h.number <> :number
        order by h.position
        limit 1
    ) h
    where t.phone_is_bad
), stepped as (
    update dialer.lead l
    set state = case when n.lead is not null then 'waiting' else t.state end,
        reason = t.reason,
        number = coalesce(n.number, l.number), phone = coalesce(n.position, l.phone), zone = coalesce(n.zone, l.zone),
        first_number = case when n.lead is null then l.first_number else coalesce(l.first_number, l.number) end,
        next_call_at = coalesce(to_timestamp(t.next_call_at), l.next_call_at)
    from told t
    left join next_phone n on n.lead = t.lead
    where l.id = t.lead and l.state in ('needs_decision', 'ready', 'waiting')
      and (l.number is not null or t.state in ('needs_decision', 'refused', 'expired', 'done'))
    returning l.id, l.project, l.campaign, l.external_id, t.disposition, l.state
), booked as (
    insert into dialer.order_result (attempt, lead, disposition, at)
    select :attempt::text::uuid, s.id, s.disposition, to_timestamp(:now) from stepped s
    on conflict (attempt, lead) do update
    set disposition = excluded.disposition
    where order_result.disposition <> excluded.disposition
    returning lead
), posted as (
    -- Not again for the same result that is sent again.
    insert into dialer.outbox (project, lead, kind, payload)
    select s.project, s.id, 'order_disposed', jsonb_build_object(
               'attempt', :attempt::text, 'lead', s.id, 'campaign', s.campaign, 'external_id', s.external_id,
               'disposition', s.disposition, 'lead_state', s.state, 'agent', :agent::integer, 'at', :now::float8,
               'values', dialer.form_values(:attempt::text::uuid, s.id))
    from stepped s
    join booked b on b.lead = s.id
)
select id::text as lead from stepped;

-- name: concluded
select lead::text as lead from dialer.order_result where attempt = :attempt::text::uuid;

-- name: contents
select v.version, v.body::text, v.note, extract(epoch from v.made_at)::float8 as made_at, v.made_by,
       extract(epoch from v.approved_at)::float8 as approved_at, v.approved_by
from dialer.content_version v
where v.project = :project and v.kind = :kind and (:version::integer is null or v.version = :version)
order by v.version desc;

-- name: add_content
-- The lock makes versions follow one another without a gap.
with locked as (
    select id from dialer.project where id = :project for no key update
)
insert into dialer.content_version (project, kind, version, body, note, made_at, made_by)
select l.id, :kind,
       1 + coalesce((select max(v.version) from dialer.content_version v where v.project = l.id and v.kind = :kind), 0),
       :body::text::jsonb, :note, to_timestamp(:now), :by
from locked l
returning version;

-- name: approve
update dialer.content_version v
set approved_at = to_timestamp(:now), approved_by = :by
from dialer.project p
where v.project = :project and v.kind = :kind and v.version = :version and v.approved_at is null
  and p.id = v.project and not (p.needs_second_person and v.made_by = :by)
returning v.version;

-- name: made_by
select made_by from dialer.content_version
where project = :project and kind = :kind and version = :version and approved_at is null;

-- name: approvals
select kind, version, approved_at is not null as is_approved from dialer.content_version where project = :project;

-- name: info_search
select i.id, i.title, i.body, i.position
from dialer.project_info i, to_tsquery('russian', :query) q
where i.project = :project and i.words @@ q
order by ts_rank(i.words, q) desc, i.position, i.id
limit :bound;

-- name: info_all
select i.id, i.title, i.body, i.position
from dialer.project_info i
where i.project = :project
order by i.position, i.id
limit :bound;

-- name: info_save
insert into dialer.project_info as i (project, title, body, position, changed_at, changed_by)
select :project, t.title, t.body, t.position, to_timestamp(:now), :by
from unnest(:titles::text[], :bodies::text[], :positions::integer[]) as t (title, body, position)
on conflict (project, title) do update
set body = excluded.body, position = excluded.position, changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: info_remove
delete from dialer.project_info where project = :project and id = :id returning id;

-- name: dictionary
-- Every disposition of the project, also what only the program gives.
select d.code, d.label, d.effect, d.position, d.is_refusal, d.needs_reason, d.needs_form
from dialer.disposition d
where d.project = :project and d.is_offered
order by d.position, d.code;

-- name: dictionary_clear
-- What the program itself gives stays.
delete from dialer.disposition where project = :project and is_offered;

-- name: dictionary_add
insert into dialer.disposition (project, code, label, effect, position, is_refusal, needs_reason, needs_form)
select :project, t.code, t.label, t.effect, t.position, t.is_refusal, t.needs_reason, t.needs_form
from unnest(:codes::text[], :labels::text[], :effects::text[], :positions::smallint[], :refusals::boolean[],
            :reasons::boolean[], :forms::boolean[])
    as t (code, label, effect, position, is_refusal, needs_reason, needs_form);
