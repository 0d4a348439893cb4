-- Leads that wait for a person, and what was decided about them.

-- name: undecided
select l.id::text as lead, l.list, l.campaign, l.external_id, l.person, l.region, l.reason, l.fields::text
from dialer.lead l
where l.list = :list and l.state = 'needs_decision' and l.id > :after::text::uuid
  and (:question::text = '' or l.reason = :question)
  and (:text::text = '' or strpos(
      lower(concat_ws(' ', l.external_id, l.person, l.region, l.fields ->> 'town', l.fields ->> 'postcode')),
      lower(:text)
  ) > 0)
order by l.id
limit :bound;

-- name: undecided_one
select l.id::text as lead, l.list, l.campaign, l.external_id, l.person, l.region, l.reason, l.fields::text
from dialer.lead l
where l.id = :lead::text::uuid and l.state = 'needs_decision';

-- name: count_undecided
select l.list, count(*) as leads
from dialer.lead l
where l.list = any(:lists::integer[]) and l.state = 'needs_decision'
group by l.list;

-- name: add_zones
insert into dialer.zone (name) select distinct z from unnest(:zones::text[]) as z on conflict do nothing;

-- name: settle
-- A null number: refused. A lead without an order's name whose number its list has already is a duplicate, and so is one
-- whose number came to its project within the project's days.
with given as materialized (
    select t.lead::uuid as id, t.number, t.zone, t.place
    from unnest(:leads::text[], :numbers::text[], :zones::text[]) with ordinality as t (lead, number, zone, place)
), locked as materialized (
    select l.id, l.list, l.project, l.external_id, g.number, z.id as zone, g.place, p.repeat_days
    from given g
    join dialer.lead l on l.id = g.id
    join dialer.project p on p.id = l.project
    left join dialer.zone z on z.name = g.zone
    where l.state = 'needs_decision'
    order by l.id
    for update of l
), judged as (
    select k.id, k.number, k.zone,
           k.number is not null and k.external_id is null and (
               row_number() over (partition by k.list, k.number, k.external_id is null order by k.place) > 1
               or exists (
                   select from dialer.lead o
                   where o.list = k.list and coalesce(o.first_number, o.number) = k.number and o.external_id is null
               )
           ) or k.number is not null and k.repeat_days > 0 and (
               row_number() over (partition by k.project, k.number order by k.place) > 1
               or exists (
                   select from dialer.phone h
                   join dialer.lead o on o.id = h.lead
                   where h.number = k.number and o.project = k.project and o.withdrawn is null
                     and o.created_at > now() - make_interval(days => k.repeat_days)
               )
           ) as is_twin
    from locked k
), settled as (
    update dialer.lead l
    set state = case when j.number is null or j.is_twin then 'refused' else 'ready' end,
        reason = case when j.number is null then 'refused_by_person' when j.is_twin then 'duplicate' else '' end,
        number = case when j.is_twin then null else j.number end,
        zone = coalesce(j.zone, l.zone),
        next_call_at = greatest(l.next_call_at, to_timestamp(:now)),
        fields = l.fields - 'candidates'
    from judged j
    where l.id = j.id
    returning l.id, l.project, l.state, l.reason, case when l.state = 'refused' then dialer.closed_event(l) end as closed
), told as (
    insert into dialer.outbox (project, lead, kind, payload)
    select s.project, s.id, 'lead_closed', s.closed from settled s where s.closed is not null
)
select id::text as lead, state, reason from settled;

-- name: add_phones
insert into dialer.phone (lead, position, number, zone, kind, extension)
select t.lead::uuid, t.position, t.number, z.id, t.kind, t.extension
from unnest(
    :leads::text[], :positions::integer[], :numbers::text[], :zones::text[], :kinds::text[], :extensions::text[]
) as t (lead, position, number, zone, kind, extension)
join dialer.zone z on z.name = t.zone;

-- name: known_external_ids
select k.external_id from dialer.known_external_ids(:project, :external_ids::text::text[]) as k (external_id);

-- name: known_numbers
select k.number from dialer.known_numbers(:list, :numbers::text::text[]) as k (number);

-- name: known_questions
select k.question from dialer.known_questions(:list, :questions::bigint[]) as k (question);
