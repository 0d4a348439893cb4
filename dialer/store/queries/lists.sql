-- Lists and the way in for their rows: staged by COPY, then inserted with an eye to duplicates.

-- name: create_list
insert into dialer.list (project, campaign, name, expires_at)
select c.project, c.id, :name, to_timestamp(:expires_at)
from dialer.campaign c
where c.id = :campaign
returning id;

-- name: standing_list
-- The list of a campaign for leads that come one by one; made at the first.
with made as (
    insert into dialer.list (project, campaign, name, is_standing)
    select c.project, c.id, :name, true
    from dialer.campaign c
    where c.id = :campaign
    on conflict (campaign, name) do nothing
    returning id
)
select id from made
union all
select id from dialer.list where campaign = :campaign and name = :name
limit 1;

-- name: lists
select id, campaign, name, state, extract(epoch from expires_at)::float8 as expires_at,
       accepted, duplicate, needs_decision, rejected, rejected_reasons::text
from dialer.list
where (:campaign::integer is null or campaign = :campaign) and (:id::integer is null or id = :id)
order by id;

-- name: make_stage
create temporary table if not exists lead_stage (
    row integer, id uuid, external_id text, state text, reason text, priority smallint, not_before float8,
    expires_at float8, person text, region text, fields text,
    number text, zone text, kind text, extension text,
    more_numbers text[], more_zones text[], more_kinds text[], more_extensions text[]
) on commit delete rows;

-- name: add_zones
insert into dialer.zone (name)
select n.name
from unnest(:names::text[]) as n (name)
where not exists (select from dialer.zone z where z.name = n.name)
on conflict do nothing;

-- name: move_stage
-- Whoever inserts holds the list's row: what `lead` refers to without a foreign key cannot go away meanwhile.
with list as materialized (
    select l.id, l.campaign, l.project, l.expires_at, l.state = 'paused' as is_paused, l.is_standing
    from dialer.list l
    where l.id = :list
    for key share
)
insert into dialer.lead (id, list, campaign, project, external_id, state, reason, held, priority, zone, number,
                         next_call_at, expires_at, person, region, fields, is_fresh)
select s.id, l.id, l.campaign, l.project, s.external_id, s.state, s.reason, l.is_paused, s.priority, z.id, s.number,
       to_timestamp(coalesce(s.not_before, :now)), least(to_timestamp(s.expires_at), l.expires_at),
       s.person, s.region, s.fields::jsonb, l.is_standing
from lead_stage s
join dialer.zone z on z.name = s.zone
cross join list l
order by s.row, s.id
on conflict do nothing;

-- name: drop_duplicates
-- Needed only where fewer leads arrived than were staged. One that arrived was written by this very transaction.
delete from lead_stage s
where not exists (select from dialer.lead l where l.id = s.id and l.xmin = pg_current_xact_id()::xid)
returning s.id::text as lead, s.row, s.external_id, s.state = 'needs_decision' as asks;

-- name: move_phones
insert into dialer.phone (lead, position, number, zone, kind, extension)
select s.id, 1, s.number, z.id, s.kind, s.extension
from lead_stage s
join dialer.zone z on z.name = s.zone
where s.number is not null;

-- name: move_more_phones
insert into dialer.phone (lead, position, number, zone, kind, extension)
select s.id, m.position + 1, m.number, z.id, m.kind, m.extension
from lead_stage s
cross join unnest(s.more_numbers, s.more_zones, s.more_kinds, s.more_extensions)
    with ordinality as m (number, zone, kind, extension, position)
join dialer.zone z on z.name = m.zone
where s.more_numbers is not null;

-- name: add_sums
update dialer.list l
set accepted = l.accepted + :accepted, duplicate = l.duplicate + :duplicate,
    needs_decision = l.needs_decision + :needs_decision, rejected = l.rejected + :rejected,
    rejected_reasons = (
        select coalesce(jsonb_object_agg(r.key, r.rows), '{}')
        from (
            select e.key, sum(e.value::integer) as rows
            from (
                select * from jsonb_each_text(l.rejected_reasons)
                union all
                select * from jsonb_each_text(:reasons::jsonb)
            ) e
            group by e.key
        ) r
    )
where l.id = :list
returning l.id;

-- name: set_list_state
update dialer.list set state = :state where id = :list returning id;

-- name: hold
-- In slices, so that nobody waits long for a row.
with slice as (
    select l.id
    from dialer.lead l
    where l.list = :list and l.held <> :held and l.state not in ('done', 'refused', 'expired')
    limit :bound
    for update
)
update dialer.lead l set held = :held from slice s where l.id = s.id returning l.id;

-- name: analyze
analyze dialer.lead, dialer.phone;
