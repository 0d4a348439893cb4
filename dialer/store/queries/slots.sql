-- Delivery slots: providers, and holds from the reservation to their end. Instants are epoch seconds.

-- name: provider
select s.settings::text,
       array(select n.network::text from dialer.private_network n where n.project = s.project order by 1) as networks
from dialer.slot_provider s
where s.project = :project;

-- name: save_provider
insert into dialer.slot_provider (project, settings, changed_at)
select p.id, :settings::jsonb, to_timestamp(:now)
from dialer.project p
where p.id = :project
on conflict (project) do update set settings = excluded.settings, changed_at = excluded.changed_at
returning project;

-- name: drop_provider
delete from dialer.slot_provider where project = :project returning project;

-- name: order
-- What a courier may be told of an order that is on the card of this attempt.
select l.id::text as lead, l.project, coalesce(l.external_id, '') as external_id, l.region, l.fields::text
from dialer.attempt a
join dialer.lead own on own.id = a.lead
join dialer.lead l on l.project = own.project and l.id = coalesce(:lead::text::uuid, a.lead)
where a.id = :attempt::text::uuid;

-- name: open_hold
select h.id::text as id, h.lead::text as lead, h.day, h.interval, h.state, extract(epoch from h.until)::float8 as until
from dialer.slot_hold h
where h.attempt = :attempt::text::uuid and h.lead = :lead::text::uuid and h.state = 'held'
order by h.made_at desc
limit 1;

-- name: begin_hold
-- A new wish gives back what was held for the same order before.
with earlier as (
    update dialer.slot_hold h
    set state = 'releasing', next_try_at = to_timestamp(:now)
    where h.attempt = :attempt::text::uuid and h.lead = :lead::text::uuid and h.state in ('reserving', 'held')
)
insert into dialer.slot_hold (id, project, attempt, lead, day, interval, until, made_at, next_try_at)
values (:id::text::uuid, :project, :attempt::text::uuid, :lead::text::uuid, :day, :interval, to_timestamp(:until),
        to_timestamp(:now), to_timestamp(:until));

-- name: held
update dialer.slot_hold h
set state = 'held'
where h.id = :id::text::uuid and h.state = 'reserving'
returning h.id;

-- name: renew
update dialer.slot_hold h
set until = to_timestamp(:until), next_try_at = to_timestamp(:until)
where h.id = :id::text::uuid and h.state = 'held'
returning h.id;

-- name: end_hold
-- `releasing`: the courier is to be told; `released`: it has nothing of it.
update dialer.slot_hold h
set state = :state, next_try_at = to_timestamp(:now)
where h.id = :id::text::uuid and h.state in ('reserving', 'held', 'releasing')
returning h.id;

-- name: keep
-- Results that are saved keep their places: dispositions that end an order well. All others give theirs back, and so do
-- those whose lease ran out without a result.
with judged as materialized (
    select h.id,
           a.outcome is not null as is_over,
           coalesce(d.effect = 'done' and not d.is_refusal, false) as is_agreed,
           h.until <= to_timestamp(:now) as is_late
    from dialer.slot_hold h
    join dialer.attempt a on a.id = h.attempt
    left join dialer.order_result o on o.attempt = h.attempt and o.lead = h.lead
    left join dialer.disposition d
        on d.project = h.project and d.code = case when h.lead = a.lead then a.disposition else o.disposition end
    where h.state = 'held'
)
update dialer.slot_hold h
set state = case when j.is_over and j.is_agreed then 'kept' else 'releasing' end, next_try_at = to_timestamp(:now)
from judged j
where h.id = j.id and (j.is_over or j.is_late);

-- name: to_release
-- Taken into hand until `again`; a reservation whose answer was never written down is given back too.
with due as materialized (
    select h.id
    from dialer.slot_hold h
    where h.state in ('reserving', 'releasing') and h.next_try_at <= to_timestamp(:now)
    order by h.next_try_at
    limit :bound
    for update skip locked
)
update dialer.slot_hold h
set state = 'releasing', tries = h.tries + 1, next_try_at = to_timestamp(:again)
from due u
where h.id = u.id
returning h.id::text as id, h.project, h.attempt::text as attempt, h.lead::text as lead, h.day, h.interval,
          extract(epoch from h.until)::float8 as until, h.tries,
          (select coalesce(l.external_id, '') from dialer.lead l where l.id = h.lead) as external_id,
          extract(epoch from h.made_at)::float8 as made_at;
