-- The ledger: claim, progress, settlement, recovery. Instants are epoch seconds.

-- name: reserve
-- One statement claims and books, written so that its plan is the same whatever the planner believes: rows are fetched by
-- their id, one by one (laterals with a lock of their own are never turned into a join). Each open zone, priority and
-- stratum is a queue of its own, whose leads are taken to be due by its head start earlier than they are, and beside them
-- stand those who asked for a call since `asked_since` (null: nobody). `seen` looks (no lock) at the first `look` of each,
-- `swept` of them all; `refused` turns away whom nobody may call; `locked` takes the first of the rest, not behind the
-- place `look` (as far as that no lead is missing between them), and passes over what another session holds; the row in
-- `live_attempt` is what makes a number's attempt the only one: where that conflicts, the lead is left as it is.
with campaign as materialized (
    select c.id, c.project, c.caller, c.law, (c.rules ->> 'max_attempts')::integer as max_attempts,
           make_interval(secs => (c.rules ->> 'minimum_gap_s')::float8) as minimum_gap,
           nullif(c.rules -> 'number_limits', 'null') as limits, p.zone as own_zone
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = :campaign
), open_queue as materialized (
    select q.zone, q.priority, q.stratum, z.name,
           make_interval(secs => case
               when q.priority > 9 then 0 -- what is urgent goes in the order of time
               else coalesce((:head_starts::jsonb -> split_part(z.name, '|', 1) ->> q.stratum::integer)::float8, 0)
           end) as head_start
    from dialer.queues(:campaign) q
    join dialer.zone z on z.id = q.zone
    where z.parts <@ :open_zones::text[] and :lead::text is null
), due as materialized (
    select due.*, q.priority, q.head_start, q.name as zone_name, false as waived
    from campaign c
    cross join open_queue q
    cross join lateral (
        select l.id, l.next_call_at, l.number, greatest(l.attempts, cardinality(l.tried)) as tries, l.expires_at
        from dialer.lead l
        where l.campaign = :campaign and l.zone = q.zone and l.priority = q.priority and l.stratum = q.stratum
          and l.state in ('ready', 'waiting') and not l.held
          and l.next_call_at <= to_timestamp(:now)
          and not exists (select from dialer.live_attempt v where v.number = l.number)
          -- A call that somebody promised to make himself waits for him first, then anybody makes it.
          and (l.priority < 11 or not dialer.is_promised_to_another(l.id, :agents::integer[], to_timestamp(:now)))
        order by l.next_call_at, l.id
        limit :look::bigint
    ) due
    union all
    -- Where the hours are closed, only who has just asked for the call himself.
    (
        select l.id, l.next_call_at, l.number, greatest(l.attempts, cardinality(l.tried)), l.expires_at, l.priority,
               interval '0', z.name, true
        from dialer.lead l
        join dialer.zone z on z.id = l.zone
        where l.campaign = :campaign and l.asked_at > to_timestamp(:asked_since) and l.asked_at <= to_timestamp(:now)
          and l.state in ('ready', 'waiting') and not l.held and l.next_call_at <= to_timestamp(:now)
          and not z.parts <@ :open_zones::text[]
          and not exists (select from dialer.live_attempt v where v.number = l.number)
          and :lead::text is null
        order by l.asked_at
        limit :look::bigint
    )
    union all
    -- The one that an agent has picked, where it is due as any other.
    select l.id, l.next_call_at, l.number, greatest(l.attempts, cardinality(l.tried)), l.expires_at, l.priority,
           interval '0', z.name, not z.parts <@ :open_zones::text[]
    from dialer.lead l
    join dialer.zone z on z.id = l.zone
    where l.id = :lead::text::uuid and l.campaign = :campaign
      and l.state in ('ready', 'waiting') and not l.held and l.next_call_at <= to_timestamp(:now)
      and (z.parts <@ :open_zones::text[] or (l.asked_at > to_timestamp(:asked_since) and l.asked_at <= to_timestamp(:now)))
      and not exists (select from dialer.live_attempt v where v.number = l.number)
      and not dialer.is_promised_to_another(l.id, :agents::integer[], to_timestamp(:now))
), seen as materialized (
    select due.id, due.number, due.tries, due.expires_at, due.waived, c.project, c.max_attempts, c.minimum_gap, c.limits,
           c.law, coalesce(nullif(split_part(due.zone_name, '|', 1), ''), c.own_zone) as own_zone,
           row_number() over (order by due.priority desc, due.next_call_at - due.head_start, due.next_call_at, due.id) as place
    from campaign c
    cross join due
    order by place
    limit :swept::bigint
), judged as materialized (
    select s.id, s.place, s.waived,
           case
               when s.expires_at <= to_timestamp(:now) then 'expired'
               when s.tries >= s.max_attempts then 'attempts_used_up'
               when exists (
                   select from dialer.do_not_call d
                   where d.number = s.number and (d.project is null or d.project = s.project)
               ) then 'do_not_call'
               when s.law = 'ru_ads' and not exists (
                   select from dialer.lead l where l.id = s.id and l.fields ->> 'consent' <> ''
               ) then 'no_consent'
               when rest.ends_at = 'infinity' then 'number_used_up'
               when rest.ends_at > to_timestamp(:now) then 'number_rests'
           end as verdict,
           rest.ends_at
    from seen s
    left join lateral (
        -- A lead's own gap is in its next_call_at. Most numbers were never called: they are not asked about further.
        select dialer.number_rests_until(s.number, s.id, s.own_zone, s.minimum_gap, s.limits) as ends_at
        where (s.limits ->> 'per_person')::boolean
           or exists (select from dialer.called_number m where m.number = s.number)
    ) rest on true
), turned_away as materialized (
    select l.id, j.verdict, j.ends_at
    from judged j
    cross join lateral (
        select l.id from dialer.lead l where l.id = j.id and l.state in ('ready', 'waiting') for update skip locked
    ) l
    where j.verdict is not null
), refused as (
    update dialer.lead l
    set state = case t.verdict
            when 'expired' then 'expired'
            when 'attempts_used_up' then 'done'
            when 'number_used_up' then 'done'
            when 'number_rests' then 'waiting'
            else 'refused'
        end,
        reason = t.verdict,
        next_call_at = case t.verdict when 'number_rests' then t.ends_at else l.next_call_at end
    from turned_away t
    where l.id = t.id and l.id = any(array(select id from turned_away))
    returning l.id, l.project, case when l.state <> 'waiting' then dialer.closed_event(l) end as closed
), posted as (
    insert into dialer.outbox (project, lead, kind, payload)
    select r.project, r.id, 'lead_closed', r.closed from refused r where r.closed is not null
), locked as materialized (
    select l.*, j.place, j.waived
    from (select id, place, waived from judged where verdict is null and place <= :look order by place) j
    cross join lateral (
        select l.id, l.number, l.zone, l.attempts, l.tried, l.region, l.list, l.reason as last,
               extract(epoch from l.created_at)::float8 as came_at, extract(epoch from l.asked_at)::float8 as asked_at,
               extract(epoch from l.expires_at)::float8 as expires_at, l.caller as kept_caller, coalesce(l.fields ->> 'consent', '') <> '' as has_consent
        from dialer.lead l
        where l.id = j.id and l.state in ('ready', 'waiting') and not l.held and l.next_call_at <= to_timestamp(:now)
        for update skip locked
    ) l
    limit :count::bigint
), numbered as materialized (
    select k.*, (:attempts::uuid[])[row_number() over (order by k.place)] as attempt
    from locked k
), live as (
    insert into dialer.live_attempt (number, attempt, lead, campaign)
    select n.number, n.attempt, n.id, :campaign
    from numbered n
    order by n.number -- the same order in every session: no deadlock
    on conflict do nothing
    returning attempt
), won as materialized (
    select n.* from numbered n join live v on v.attempt = n.attempt
), claimed as (
    update dialer.lead l
    set state = 'claimed', reason = ''
    where l.id = any(array(select id from won))
), booked as (
    insert into dialer.attempt
        (id, lead, campaign, attempt_no, number, zone, server, trunk, caller, reserved_at, hours_waived, previewer, state)
    select w.attempt, w.id, :campaign, w.attempts + 1, w.number, w.zone, :server, :trunk, c.caller, to_timestamp(:now), w.waived,
           :previewer::integer, case when :previewer::integer is null then 'intended' else 'previewing' end
    from won w
    cross join campaign c
), told as (
    insert into dialer.audit (at, by, action, subject, detail)
    select to_timestamp(:now), 'dialer', 'hours.waive', w.id::text,
           jsonb_build_object('attempt', w.attempt, 'campaign', :campaign::integer, 'zone', z.name,
                              'asked_at', to_timestamp(w.asked_at), 'reason', 'the customer has just asked for the call')
    from won w
    join dialer.zone z on z.id = w.zone
    where w.waived
)
select w.attempt, w.id as lead, w.number, z.name as zone, w.attempts + 1 as attempt_no, c.caller,
       exists (
           select from dialer.called_number m
           where m.number = w.number and m.abandoned_at > to_timestamp(:now) - interval '72 hours'
       ) as reserved_agent_only,
       w.region, w.list, w.last, w.came_at, w.tried, w.expires_at, w.has_consent, case when w.waived then w.asked_at end as asked_at,
       dialer.is_forbidden(w.number, c.project) as forbidden, w.kept_caller,
       -- Once more, now that the number is ours: a call that was settled while this statement ran counts. Whom the
       -- Floor then turns away gets his place back; who may never be called again is asked about anew, and refused.
       extract(epoch from case when late.rests_until = 'infinity' then to_timestamp(:now + 60) else late.rests_until end
       )::float8 as rests_until,
       dialer.promised_to(w.id, to_timestamp(:now)) as promised_by,
       (select b.agent from dialer.callback b where b.lead = w.id and b.called_at is null) as prefers,
       w.place as place
from won w
join dialer.zone z on z.id = w.zone
cross join campaign c
cross join lateral (
    select dialer.claim_rests_until(
               w.number, w.id, coalesce(nullif(split_part(z.name, '|', 1), ''), c.own_zone), c.minimum_gap, c.limits
           ) as rests_until
    offset 0 -- evaluated once
) late
union all
select null, r.id, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
from refused r
union all
select null, n.id, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
from numbered n
where not exists (select from won w where w.attempt = n.attempt)
order by place;

-- name: what_is_left
-- Why a reservation came back short: whether a lead is due after all (another session held it), when the next one is,
-- whether a due one waits for its number to be free, and how many may still be dialled (counted to a bound).
with queue as materialized (
    select q.zone, q.priority, q.stratum, z.parts <@ :open_zones::text[] as is_open
    from dialer.queues(:campaign) q
    join dialer.zone z on z.id = q.zone
)
select exists (
           select from queue q
           cross join lateral (
               select from dialer.lead l
               where l.campaign = :campaign and l.zone = q.zone and l.priority = q.priority and l.stratum = q.stratum
                 and l.state in ('ready', 'waiting') and not l.held and l.next_call_at <= to_timestamp(:now)
                 and not exists (select from dialer.live_attempt v where v.number = l.number)
                 and (l.priority < 11 or not dialer.is_promised_to_another(l.id, :agents::integer[], to_timestamp(:now)))
               order by l.next_call_at, l.id -- as the index has them
               limit 1
           ) due
           where q.is_open
       ) or exists (
           select from dialer.lead l
           join dialer.zone z on z.id = l.zone
           where l.campaign = :campaign and l.asked_at > to_timestamp(:asked_since) and l.asked_at <= to_timestamp(:now)
             and l.state in ('ready', 'waiting') and not l.held and l.next_call_at <= to_timestamp(:now)
             and not z.parts <@ :open_zones::text[]
             and not exists (select from dialer.live_attempt v where v.number = l.number)
       ) as is_due,
       (select extract(epoch from min(due.next_call_at))::float8
        from queue q
        cross join lateral (
            select l.next_call_at
            from dialer.lead l
            where l.campaign = :campaign and l.zone = q.zone and l.priority = q.priority and l.stratum = q.stratum
              and l.state in ('ready', 'waiting') and not l.held and l.next_call_at > to_timestamp(:now)
            order by l.next_call_at
            limit 1
        ) due) as next_due_at,
       exists (
           select from dialer.live_attempt v
           cross join lateral (
               select from dialer.phone h
               join dialer.lead l on l.id = h.lead and l.number = h.number
               where h.number = v.number and l.campaign = :campaign and l.state in ('ready', 'waiting')
                 and not l.held and l.next_call_at <= to_timestamp(:now)
               limit 1
           ) due
       ) as is_contended,
       (select count(*) from dialer.live_attempt v where v.campaign = :campaign)
       + (select count(*) from (
              select from dialer.lead l
              where l.campaign = :campaign and l.state in ('ready', 'waiting') and not l.held
              order by l.zone, l.priority, l.stratum, l.next_call_at, l.id -- as the index has them: never the whole table
              limit 10000
          ) l) as unfinished;

-- name: confirm_preview
-- The agent asks for the call of a lead that he has looked at: from here on it may have been dialled. What the claim found
-- is looked at again, as it is now; the number has been this attempt's all the while.
with mine as (
    update dialer.attempt a
    set state = 'intended'
    where a.id = :attempt::uuid and a.state = 'previewing'
    returning a.id, a.lead, a.campaign, a.number, a.zone
)
select dialer.is_forbidden(m.number, l.project) as forbidden, coalesce(l.fields ->> 'consent', '') <> '' as has_consent,
       l.held, coalesce(l.withdrawn, '') as withdrawn, extract(epoch from l.expires_at)::float8 as expires_at,
       extract(epoch from case when late.rests_until = 'infinity' then to_timestamp(:now + 60) else late.rests_until end
       )::float8 as rests_until
from mine m
join dialer.lead l on l.id = m.lead
join dialer.campaign c on c.id = m.campaign
join dialer.project p on p.id = c.project
join dialer.zone z on z.id = m.zone
cross join lateral (
    select dialer.claim_rests_until(
               m.number, m.lead, coalesce(nullif(split_part(z.name, '|', 1), ''), p.zone),
               make_interval(secs => (c.rules ->> 'minimum_gap_s')::float8), nullif(c.rules -> 'number_limits', 'null')
           ) as rests_until
    offset 0 -- evaluated once
) late;

-- name: progress
-- States only move forward, the first time of each step stands, and a settled attempt is left alone: the same rows may
-- come twice.
with told as (
    select *
    from unnest(
        :attempts::uuid[], :states::text[], :agents::integer[], :abandoned::boolean[], :dialled::float8[],
        :ringing::float8[], :answered::float8[], :bridged::float8[], :ended::float8[]
    ) as t (attempt, state, agent, abandoned, dialled_at, ringing_at, answered_at, bridged_at, ended_at)
), moved as (
    update dialer.attempt a
    set state = (array['intended', 'dialled', 'ringing', 'answered', 'talking', 'wrap_up'])[
            greatest(
                array_position(array['intended', 'dialled', 'ringing', 'answered', 'talking', 'wrap_up'], a.state),
                array_position(array['intended', 'dialled', 'ringing', 'answered', 'talking', 'wrap_up'], t.state)
            )],
        agent = coalesce(t.agent, a.agent),
        abandoned = a.abandoned or t.abandoned,
        dialled_at = coalesce(a.dialled_at, to_timestamp(t.dialled_at)),
        ringing_at = coalesce(a.ringing_at, to_timestamp(t.ringing_at)),
        answered_at = coalesce(a.answered_at, to_timestamp(t.answered_at)),
        bridged_at = coalesce(a.bridged_at, to_timestamp(t.bridged_at)),
        ended_at = coalesce(a.ended_at, to_timestamp(t.ended_at))
    from told t
    where a.id = t.attempt and a.outcome is null
    returning a.lead, a.answered_at
)
update dialer.lead l
set state = 'in_call'
from moved m
where l.id = m.lead and m.answered_at is not null and l.state = 'claimed';

-- name: settle
-- The row in `live_attempt` is the gate: who deletes it settles; the same settlement again finds nothing to do.
with told as materialized (
    select *
    from unnest(
        :attempts::uuid[], :outcomes::text[], :reasons::text[], :states::text[], :lead_reasons::text[],
        :next_calls::float8[], :uses_attempt::boolean[], :phone_is_bad::boolean[], :do_not_call::boolean[],
        :causes::smallint[], :tech_causes::smallint[], :rang::boolean[], :progress::boolean[], :cancelled::boolean[],
        :agents::integer[], :dispositions::text[], :abandoned::boolean[], :silent::boolean[],
        :late_joined::boolean[], :caller_left::boolean[], :dialled::float8[], :ringing::float8[],
        :answered::float8[], :bridged::float8[], :ended::float8[], :trunks::text[], :callers::text[]
    ) as t (
        attempt, outcome, reason, state, lead_reason,
        next_call_at, uses_attempt, phone_is_bad, do_not_call,
        cause, tech_cause, rang, progress, cancelled_by_us,
        agent, disposition, abandoned, silent,
        late_joined, caller_left, dialled_at, ringing_at,
        answered_at, bridged_at, ended_at, trunk, caller
    )
), gone as (
    delete from dialer.live_attempt v
    using told t
    where v.attempt = t.attempt
    returning v.attempt, v.lead, v.number
), done as materialized (
    select t.*, g.lead, g.number, l.project, l.phone, l.external_id, l.campaign
    from told t
    join gone g on g.attempt = t.attempt
    join dialer.lead l on l.id = g.lead
), booked as (
    update dialer.attempt a
    set state = 'settled', settled_at = to_timestamp(:now), outcome = d.outcome, reason = d.reason,
        uses_attempt = d.uses_attempt, cause = d.cause, tech_cause = d.tech_cause, rang = d.rang,
        progress = d.progress, cancelled_by_us = d.cancelled_by_us, agent = coalesce(d.agent, a.agent),
        disposition = d.disposition, abandoned = d.abandoned, silent = d.silent, late_joined = d.late_joined,
        caller_left = d.caller_left, trunk = coalesce(d.trunk, a.trunk), caller = coalesce(d.caller, a.caller),
        dialled_at = coalesce(a.dialled_at, to_timestamp(d.dialled_at)),
        ringing_at = coalesce(a.ringing_at, to_timestamp(d.ringing_at)),
        answered_at = coalesce(a.answered_at, to_timestamp(d.answered_at)),
        bridged_at = coalesce(a.bridged_at, to_timestamp(d.bridged_at)),
        ended_at = coalesce(a.ended_at, to_timestamp(d.ended_at))
    from done d
    where a.id = d.attempt
    returning a.campaign, a.answered_at, a.abandoned, a.disposition
), counted as (
    -- The ledger of abandonments; a machine, as the agent said, is no person.
    insert into dialer.abandonment as m (campaign, minute, answered, abandoned)
    select b.campaign, date_trunc('minute', b.answered_at), count(*), count(*) filter (where b.abandoned)
    from booked b
    where b.answered_at is not null and (b.abandoned or coalesce(b.disposition, '') not in ('machine', 'assistant'))
    group by 1, 2
    order by 1, 2 -- the same order in every session: no deadlock
    on conflict (campaign, minute) do update
    set answered = m.answered + excluded.answered, abandoned = m.abandoned + excluded.abandoned
), spoiled as (
    update dialer.phone h
    set is_bad = true
    from done d
    where d.phone_is_bad and h.lead = d.lead and h.number = d.number
), next_phone as materialized (
    select d.lead, h.position, h.number, h.zone
    from done d
    cross join lateral (
        select h.position, h.number, h.zone
        from dialer.phone h
        where h.lead = d.lead and not h.is_bad and h.number <> d.number
        order by h.position < d.phone, h.position -- those after this one first
        limit 1
    ) h
    -- A bad phone gives way for good; after a call that reached nobody the next one takes its turn.
    where d.phone_is_bad
       or (d.uses_attempt and d.state = 'waiting' and d.outcome in ('busy', 'no_answer', 'rejected', 'unavailable'))
), stepped as (
    update dialer.lead l
    set attempts = l.attempts + d.uses_attempt::integer,
        tried = case when d.uses_attempt
                     then l.tried || (floor(coalesce(d.dialled_at, :now))::bigint || ' ' || d.outcome)
                     else l.tried end,
        number = coalesce(n.number, l.number),
        first_number = case when n.lead is null then l.first_number else coalesce(l.first_number, l.number) end,
        phone = coalesce(n.position, l.phone),
        zone = coalesce(n.zone, l.zone),
        state = case
            when s.goes_on and l.withdrawn is not null then 'refused'
            when s.goes_on and l.expires_at <= s.next_call_at then 'expired'
            when s.goes_on then 'waiting'
            when d.state in ('ready', 'waiting') then 'refused' -- its only phone is bad
            else d.state
        end,
        reason = case
            when s.goes_on and l.withdrawn is not null then l.withdrawn
            when s.goes_on and l.expires_at <= s.next_call_at then 'expired'
            else d.lead_reason
        end,
        next_call_at = s.next_call_at,
        first_called_at = coalesce(l.first_called_at, to_timestamp(d.dialled_at)),
        caller = case when d.dialled_at is null then l.caller else coalesce(d.caller, l.caller) end,
        -- What was urgent was done by dialling, unless this talk brought a new promise.
        priority = case when s.is_urgent then l.priority else coalesce(l.own_priority, l.priority) end,
        own_priority = case when s.is_urgent then l.own_priority end
    from done d
    left join next_phone n on n.lead = d.lead
    cross join lateral (
        select case when d.phone_is_bad then n.lead is not null and not d.do_not_call
                    else d.state in ('ready', 'waiting') end as goes_on,
               to_timestamp(coalesce(d.next_call_at, :now)) as next_call_at,
               d.dialled_at is null or exists (
                   select from dialer.callback b where b.lead = d.lead and b.attempt = d.attempt and b.called_at is null
               ) as is_urgent
    ) s
    where l.id = d.lead
    returning l.id, l.state, l.cycle, l.tried, l.withdrawn
), beside as materialized (
    -- Several open orders of one person are one call: one that reached nobody counts for each of them, in `tried` (what
    -- `attempts` counts are rows of the ledger). What another session holds just now is left alone, and so is an order
    -- that came later, or that was promised a call of its own.
    select l.id, d.next_call_at, d.outcome, d.dialled_at, d.lead_reason
    from done d
    join dialer.phone h on h.number = d.number and h.lead <> d.lead
    cross join lateral (
        select l.id
        from dialer.lead l
        where l.id = h.lead and l.campaign = d.campaign and l.number = d.number and l.state in ('ready', 'waiting')
          and l.created_at <= to_timestamp(d.dialled_at)
          and not exists (select from dialer.callback b where b.lead = l.id and b.called_at is null)
        for update skip locked
    ) l
    where d.uses_attempt and d.state = 'waiting' and d.dialled_at is not null
      and d.outcome in ('busy', 'no_answer', 'rejected', 'unavailable')
), counted_beside as (
    update dialer.lead l
    set tried = l.tried || (floor(b.dialled_at)::bigint || ' ' || b.outcome),
        state = 'waiting', reason = b.lead_reason,
        next_call_at = greatest(l.next_call_at, to_timestamp(b.next_call_at)),
        first_called_at = coalesce(l.first_called_at, to_timestamp(b.dialled_at)),
        priority = coalesce(l.own_priority, l.priority), own_priority = null
    from beside b
    where l.id = b.id and l.id = any(array(select id from beside))
), kept as (
    update dialer.callback b
    set called_at = to_timestamp(d.dialled_at)
    from done d
    where b.lead = d.lead and b.attempt <> d.attempt and d.dialled_at is not null and b.called_at is null
), remembered as (
    insert into dialer.called_number as m (number, lead, called_at, abandoned_at, calls, calls_ever)
    select d.number, d.lead, to_timestamp(:now), case when d.abandoned then to_timestamp(:now) end,
           array[to_timestamp(:now)], 1
    from done d
    where d.uses_attempt or d.abandoned or d.answered_at is not null
    order by d.number
    on conflict (number) do update
    set lead = excluded.lead, called_at = excluded.called_at,
        abandoned_at = coalesce(excluded.abandoned_at, m.abandoned_at),
        calls = array(select c from unnest(m.calls) as c where c > to_timestamp(:now) - interval '32 days' order by c)
                || excluded.calls,
        calls_ever = m.calls_ever + 1
), forbidden as (
    insert into dialer.do_not_call (number, project, reason)
    select distinct d.number, d.project, coalesce(d.disposition, d.lead_reason) from done d where d.do_not_call
    on conflict do nothing
), posted as (
    insert into dialer.outbox (project, lead, kind, payload)
    select d.project, d.lead, 'attempt_settled', jsonb_build_object(
               'attempt', d.attempt, 'lead', d.lead, 'campaign', d.campaign, 'external_id', d.external_id,
               'outcome', d.outcome, 'reason', d.reason, 'disposition', d.disposition, 'lead_state', s.state,
               'agent', d.agent, 'answered_at', d.answered_at, 'ended_at', d.ended_at, 'settled_at', :now::float8)
    from done d
    join stepped s on s.id = d.lead
), noticed as (
    -- Steps of the programme that are texts and e-mails: the one that this attempt brings about, once a work cycle.
    insert into dialer.notice (lead, cycle, step, project, campaign, attempt, channel, next_try_at, made_at)
    select s.id, s.cycle, n.name, d.project, d.campaign, d.attempt, n.channel, to_timestamp(:now), to_timestamp(:now)
    from done d
    join stepped s on s.id = d.lead
    join dialer.notice_step n on n.campaign = d.campaign and d.outcome = any(n.outcomes)
    where d.uses_attempt and s.withdrawn is null
      and (select count(*) from unnest(s.tried) as t (one) where split_part(t.one, ' ', 2) = any(n.outcomes)) >= n.times
    on conflict do nothing
)
select t.attempt::text as attempt, d.attempt is not null as is_new, s.state as lead_state
from told t
left join done d on d.attempt = t.attempt
left join stepped s on s.id = d.lead;

-- name: open_attempts
-- What was not settled: all of it, or those of the given ids.
select a.id::text as attempt, a.lead::text as lead, a.campaign, coalesce(a.number, v.number) as number, z.name as zone,
       a.attempt_no, a.caller, a.server, a.trunk, a.state, a.agent, a.abandoned, a.previewer,
       (select l.tried from dialer.lead l where l.id = v.lead) as tried, null::float8 as rests_until,
       exists (
           select from dialer.called_number m
           where m.number = v.number and m.abandoned_at > a.reserved_at - interval '72 hours'
       ) as reserved_agent_only,
       extract(epoch from a.reserved_at)::float8 as reserved_at,
       extract(epoch from a.dialled_at)::float8 as dialled_at,
       extract(epoch from a.ringing_at)::float8 as ringing_at,
       extract(epoch from a.answered_at)::float8 as answered_at,
       extract(epoch from a.bridged_at)::float8 as bridged_at,
       extract(epoch from a.ended_at)::float8 as ended_at
from dialer.live_attempt v
join dialer.attempt a on a.id = v.attempt
join dialer.zone z on z.id = a.zone
where :attempts::uuid[] is null or v.attempt = any(:attempts::uuid[])
order by a.id;

-- name: imbalance
-- Each figure is zero in books that are right; all of them read small indexes only.
select
    (select count(*) from dialer.attempt a
     where a.outcome is null
       and not exists (select from dialer.live_attempt v where v.attempt = a.id)) as open_without_lock,
    (select count(*) from dialer.live_attempt v
     where not exists (select from dialer.attempt a where a.id = v.attempt and a.outcome is null)) as lock_without_open,
    (select count(*) from dialer.lead l
     where l.state in ('claimed', 'in_call')
       and not exists (select from dialer.live_attempt v where v.lead = l.id)) as orphans,
    (select count(*) from dialer.live_attempt v
     join dialer.lead l on l.id = v.lead
     where l.state not in ('claimed', 'in_call')) as live_without_claim;

-- name: tally
-- Attempts of a campaign by outcome; the open ones under the empty name.
select coalesce(a.outcome, '') as outcome, count(*) as attempts
from dialer.attempt a
where a.campaign = :campaign
group by 1;
