-- Lists and the way in for their rows: looked for, then put in by COPY.

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

-- name: fill
-- Whoever fills a list holds its row: what `lead` refers to without a foreign key cannot go away meanwhile.
select l.id as list, l.campaign, l.project, extract(epoch from l.expires_at)::float8 as expires_at,
       l.state = 'paused' as is_paused, l.is_standing, p.repeat_days
from dialer.list l
join dialer.project p on p.id = l.project
where l.id = :list
for key share of l;

-- name: add_zones
insert into dialer.zone (name)
select n.name
from unnest(:names::text[]) as n (name)
where not exists (select from dialer.zone z where z.name = n.name)
on conflict do nothing;

-- name: zone_ids
select z.id, z.name from dialer.zone z where z.name = any(:names::text[]);

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
-- A sample of 9,000 rows instead of 30,000: who imports waits for it, and what tells plans apart here (which campaign,
-- list, state, zone) has few values. The server's own analyze takes its usual sample when more rows have changed.
set local default_statistics_target = 30;
analyze dialer.lead, dialer.phone;
