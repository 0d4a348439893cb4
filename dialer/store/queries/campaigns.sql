-- Projects, campaigns, groups. Ratios travel as text: exact decimals on both sides.

-- name: create_project
with made as (
    insert into dialer.project (name, zone, greeting, script)
    values (:name, :zone, :greeting, :script)
    returning id
), copied as (
    insert into dialer.disposition (project, code, label, effect, position, is_refusal, needs_reason, needs_form, is_offered)
    select m.id, d.code, d.label, d.effect, d.position, d.is_refusal, d.needs_reason, d.needs_form, d.is_offered
    from made m
    cross join dialer.disposition d
    where d.project is null
)
select id from made;

-- name: projects
select id, name, zone, greeting, script, lines_share::float8 from dialer.project order by id;

-- name: set_lines_share
update dialer.project set lines_share = :lines_share::text::numeric where id = :project returning id;

-- name: dispositions
select code, label, effect, position, is_refusal, needs_reason, needs_form
from dialer.disposition
where project = :project and (is_offered or :all)
order by position, code;

-- name: create_campaign
insert into dialer.campaign
    (skill, skill_level,
     project, name, mode, calendar, rules, weight, power_ratio, ceiling_ratio, max_lines, ring_s, answer_limit_s,
     wrap_up_s, caller, loopback_only, ceiling_window, ceiling_mode, cancel_surplus, script_version,
     form_version, needs_label, law, calls_per_second, preview_s, preview_skip_s, rest_s, max_occupancy)
values
    (:skill, :skill_level,
     :project, :name, :mode, :calendar::jsonb, :rules::jsonb, :weight::text::numeric, :power_ratio::text::numeric,
     :ceiling_ratio::text::numeric, :max_lines, :ring_s::text::numeric, :answer_limit_s::text::numeric,
     :wrap_up_s::text::numeric, :caller, :loopback_only, :ceiling_window, :ceiling_mode,
     :cancel_surplus, :script_version, :form_version, :needs_label, :law, :calls_per_second::text::numeric,
     :preview_s::text::numeric, :preview_skip_s::text::numeric, :rest_s::text::numeric, :max_occupancy::text::numeric)
returning id;

-- name: update_campaign
-- The state is not a setting: only the Floor writes it.
update dialer.campaign
set skill = :skill, skill_level = :skill_level,
    name = :name, mode = :mode, calendar = :calendar::jsonb, rules = :rules::jsonb, weight = :weight::text::numeric,
    power_ratio = :power_ratio::text::numeric, ceiling_ratio = :ceiling_ratio::text::numeric, max_lines = :max_lines,
    ring_s = :ring_s::text::numeric, answer_limit_s = :answer_limit_s::text::numeric,
    wrap_up_s = :wrap_up_s::text::numeric, caller = :caller, loopback_only = :loopback_only,
    ceiling_window = :ceiling_window, ceiling_mode = :ceiling_mode, cancel_surplus = :cancel_surplus,
    script_version = :script_version, form_version = :form_version, needs_label = :needs_label, law = :law,
    calls_per_second = :calls_per_second::text::numeric, preview_s = :preview_s::text::numeric,
    preview_skip_s = :preview_skip_s::text::numeric, rest_s = :rest_s::text::numeric,
    max_occupancy = :max_occupancy::text::numeric
where id = :id and project = :project
returning id;

-- name: set_groups
with left_out as (
    delete from dialer.campaign_group where campaign = :campaign and agent_group <> all(:groups::integer[])
)
insert into dialer.campaign_group (campaign, agent_group)
select :campaign, g from unnest(:groups::integer[]) as g
on conflict do nothing;

-- name: campaigns
select c.skill, c.skill_level,
       c.id, c.project, c.name, c.mode, c.calendar::text, c.rules::text, c.state, c.state_reason, c.weight::text,
       c.power_ratio::text, c.ceiling_ratio::text, c.max_lines, c.ring_s::text, c.answer_limit_s::text,
       c.wrap_up_s::text, c.caller, c.loopback_only, c.ceiling_window, c.ceiling_mode, c.cancel_surplus,
       c.script_version, c.form_version, c.needs_label, c.law, c.calls_per_second::text, c.preview_s::text,
       c.preview_skip_s::text, c.rest_s::text, c.max_occupancy::text, p.zone,
       p.lines_share::text,
       (select coalesce(jsonb_agg(to_jsonb(k) order by k.id), '[]') from dialer.caller k
        where k.project = c.project and k.is_active)::text as callers,
       array(select g.agent_group from dialer.campaign_group g where g.campaign = c.id) as groups
from dialer.campaign c
join dialer.project p on p.id = c.project
where (:ids::integer[] is null or c.id = any(:ids::integer[]))
  and c.state <> all(:without::text[])
order by c.id;

-- name: book_states
-- The newest word stands, in whatever order two of them arrive.
update dialer.campaign c
set state = t.state, state_reason = t.reason, state_at = to_timestamp(t.at)
from unnest(:campaigns::integer[], :states::text[], :reasons::text[], :at::float8[]) as t (id, state, reason, at)
where c.id = t.id and c.state_at <= to_timestamp(t.at);

-- name: book_decisions
insert into dialer.decision (campaign, server, at, strategy, calls_to_start, wished, reason, inputs, limited_by)
select t.campaign, t.server, to_timestamp(t.at), t.strategy, t.calls_to_start, t.wished, t.reason, t.inputs::jsonb,
       t.limited_by
from unnest(
    :campaigns::integer[], :servers::text[], :at::float8[], :strategies::text[], :starts::integer[],
    :wished::integer[], :reasons::text[], :inputs::text[], :limits::text[]
) as t (campaign, server, at, strategy, calls_to_start, wished, reason, inputs, limited_by)
on conflict do nothing;

-- name: why
-- Every lead of a campaign stands in exactly one line: the counts add up to the list.
select case when l.state in ('ready', 'waiting') and l.held then 'held' else l.state end as state,
       case
           when l.state in ('ready', 'waiting') and l.held then 'list_paused'
           when l.state = 'ready' or l.state = 'waiting' and l.next_call_at <= to_timestamp(:now) then 'due'
           when l.state = 'waiting' then coalesce(nullif(l.reason, ''), 'later')
           else l.reason
       end as reason,
       count(*) as leads
from dialer.lead l
where l.campaign = :campaign and (:list::integer is null or l.list = :list)
group by 1, 2
order by 1, 2;
