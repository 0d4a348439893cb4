-- Agents, groups, sessions and the log of states.

-- name: create_group
insert into dialer.agent_group (name) values (:name) returning id;

-- name: groups
select id, name from dialer.agent_group order by id;

-- name: save_agent
insert into dialer.agent (id, name, is_active) values (:id, :name, :is_active)
on conflict (id) do update set name = excluded.name, is_active = excluded.is_active;

-- name: set_groups
with left_out as (
    delete from dialer.agent_group_member where agent = :agent and agent_group <> all(:groups::integer[])
)
insert into dialer.agent_group_member (agent, agent_group)
select :agent, g from unnest(:groups::integer[]) as g
on conflict do nothing;

-- name: regroup
-- Who is signed in keeps his new groups over a restart of the daemon; told where that changed something.
update dialer.agent_session s
set agent_groups = :groups::integer[]
where s.agent = :agent and s.signed_out_at is null and s.agent_groups is distinct from :groups::integer[]
returning true;

-- name: agents
select a.id, a.name, a.is_active,
       array(select m.agent_group from dialer.agent_group_member m where m.agent = a.id) as groups
from dialer.agent a
where :ids::integer[] is null or a.id = any(:ids::integer[])
order by a.id;

-- name: sign_in
-- A session that nobody has moved since it was opened may be opened again at the same phone: its opener never heard of it.
insert into dialer.agent_session as open
    (agent, server, endpoint, kind, leg, agent_groups, state, since, reason, signed_in_at)
select a.id, :server, :endpoint, :kind, :leg,
       array(select m.agent_group from dialer.agent_group_member m where m.agent = a.id),
       :state, to_timestamp(:at), :reason, to_timestamp(:at)
from dialer.agent a
where a.id = :agent and a.is_active
on conflict (agent) where signed_out_at is null do update
set leg = excluded.leg, agent_groups = excluded.agent_groups, state = excluded.state, since = excluded.since,
    reason = excluded.reason, signed_in_at = excluded.signed_in_at, kind = excluded.kind
where open.since = open.signed_in_at and open.server = excluded.server and open.endpoint = excluded.endpoint
returning open.agent_groups as groups;

-- name: is_signed_in
select exists (select from dialer.agent_session where agent = :agent and signed_out_at is null);

-- name: sessions
select s.agent, s.server, s.endpoint, s.kind, s.leg, s.agent_groups as groups, s.state,
       extract(epoch from s.since)::float8 as since, s.reason, s.attempt::text
from dialer.agent_session s
where s.signed_out_at is null
order by s.signed_in_at, s.agent;

-- name: log_states
insert into dialer.agent_state_log (agent, since, state, reason, attempt)
select t.agent, to_timestamp(t.since), t.state, t.reason, t.attempt
from unnest(:agents::integer[], :since::float8[], :states::text[], :reasons::text[], :attempts::uuid[])
    as t (agent, since, state, reason, attempt)
on conflict do nothing;

-- name: move_sessions
-- Offline ends the session. An older word than the one that is there changes nothing.
update dialer.agent_session s
set state = t.state, since = to_timestamp(t.since), reason = t.reason, attempt = t.attempt,
    leg = coalesce(t.leg, s.leg),
    signed_out_at = case when t.state = 'offline' then to_timestamp(t.since) end
from unnest(
    :agents::integer[], :since::float8[], :states::text[], :reasons::text[], :attempts::uuid[], :legs::text[]
) as t (agent, since, state, reason, attempt, leg)
where s.agent = t.agent and s.signed_out_at is null and s.since <= to_timestamp(t.since);
