-- What the API and the desk ask of the books beside what the dialling needs. Instants are epoch seconds.

-- name: by_external_ids
select l.external_id, l.id::text as lead, l.state
from dialer.lead l
where l.project = :project and l.external_id = any(:external_ids::text[]);

-- name: lead
select l.id::text as lead, l.project, l.campaign, l.external_id, l.state,
       coalesce(l.withdrawn, l.reason) as reason, l.person, l.fields::text,
       array(select h.number from dialer.phone h where h.lead = l.id order by h.position) as numbers,
       extract(epoch from l.created_at)::float8 as created_at,
       case when l.state in ('ready', 'waiting') then extract(epoch from l.next_call_at)::float8 end as next_call_at,
       extract(epoch from l.expires_at)::float8 as expires_at
from dialer.lead l
where l.id = :lead::text::uuid;

-- name: lead_attempts
select a.id::text as attempt, extract(epoch from a.reserved_at)::float8 as at, a.state, a.outcome, a.disposition, a.agent
from dialer.attempt a
where a.lead = :lead::text::uuid
order by a.id;

-- name: withdraw
-- A lead that waits is out at once; one in a call is marked, and settled so when the call is over.
with withdrawn as (
    update dialer.lead l
    set state = case when l.state in ('claimed', 'in_call') then l.state else 'refused' end,
        reason = case when l.state in ('claimed', 'in_call') then l.reason else :reason end,
        withdrawn = :reason
    where l.id = any(:leads::text[]::uuid[]) and l.state in ('needs_decision', 'ready', 'waiting', 'claimed', 'in_call')
    returning l.id, l.project, case when l.state = 'refused' then dialer.closed_event(l) end as closed
), told as (
    insert into dialer.outbox (project, lead, kind, payload)
    select w.project, w.id, 'lead_closed', w.closed from withdrawn w where w.closed is not null
)
select id::text as lead from withdrawn;

-- name: backlog
-- Leads that may still be called, of campaigns under way; counted to a bound, by the claim's own index.
select c.id as campaign,
       (select count(*) from dialer.live_attempt v where v.campaign = c.id)
       + (select count(*) from (
              select from dialer.lead l
              where l.campaign = c.id and l.state in ('ready', 'waiting') and not l.held
              limit :bound
          ) l) as leads
from dialer.campaign c
where c.state in ('running', 'paused', 'stopping');

-- name: agent_phones
select p.agent, p.server, p.endpoint, p.kind, p.browser
from dialer.agent_phone p
where :agent::integer is null or p.agent = :agent
order by p.agent, p.position;

-- name: clear_phones
delete from dialer.agent_phone where agent = :agent;

-- name: add_phones
insert into dialer.agent_phone (agent, position, server, endpoint, kind, browser)
select :agent, p.position, p.server, p.endpoint, p.kind, p.browser
from unnest(:servers::text[], :endpoints::text[], :kinds::text[], :browsers::boolean[])
    with ordinality as p (server, endpoint, kind, browser, position);

-- name: default_dispositions
select code, label, effect, position, is_refusal, needs_reason, needs_form
from dialer.disposition
where project is null and is_offered
order by position, code;

-- name: disposition_of
select d.code, d.label, d.effect, d.position, d.is_refusal, d.needs_reason, d.needs_form
from dialer.attempt a
join dialer.campaign c on c.id = a.campaign
join dialer.disposition d on d.project = c.project
where a.id = :attempt::text::uuid and d.code = :code and d.is_offered;

-- name: card
select a.id::text as attempt, a.lead::text as lead, a.campaign, c.name as campaign_name, c.project,
       p.name as project_name, a.attempt_no, coalesce(a.number, l.number, '') as number, l.person,
       coalesce(l.external_id, '') as external_id, nullif(split_part(z.name, '|', 1), '') as zone, l.region, p.greeting, p.script,
       l.fields::text, c.wrap_up_s::float8, l.withdrawn is not null as withdrawn, a.disposition, p.masks_numbers,
       extract(epoch from a.answered_at)::float8 as answered_at,
       extract(epoch from a.ended_at)::float8 as ended_at
from dialer.attempt a
join dialer.lead l on l.id = a.lead
join dialer.campaign c on c.id = a.campaign
join dialer.project p on p.id = c.project
join dialer.zone z on z.id = a.zone
where a.id = :attempt::text::uuid;
