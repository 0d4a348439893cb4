-- Webhooks: settings, and the way of each event to each of them. Instants are epoch seconds.

-- name: webhooks
select w.id, w.project, w.url, w.state, w.kinds, w.status_map::text, w.salt, w.previous_salt,
       extract(epoch from w.previous_until)::float8 as previous_until,
       array(select n.network::text from dialer.private_network n where n.project = w.project order by 1) as networks
from dialer.webhook w
where w.state <> 'removed' and (:project::integer is null or w.project = :project)
  and (:id::integer is null or w.id = :id)
order by w.id;

-- name: due_webhooks
-- Those with something to send now.
select w.id, w.project, w.url, w.state, w.kinds, w.status_map::text, w.salt, w.previous_salt,
       extract(epoch from w.previous_until)::float8 as previous_until,
       array(select n.network::text from dialer.private_network n where n.project = w.project order by 1) as networks
from dialer.webhook w
where w.state = 'active'
  and exists (
      select from dialer.webhook_delivery d
      where d.webhook = w.id and d.state = 'pending' and d.next_try_at <= to_timestamp(:now)
        and (d.sending_until is null or d.sending_until <= to_timestamp(:now))
  )
order by w.id;

-- name: add_webhook
insert into dialer.webhook (project, url, kinds, status_map, salt, created_at)
select p.id, :url, :kinds::text[], :status_map::jsonb, :salt, to_timestamp(:now)
from dialer.project p
where p.id = :project
returning id;

-- name: change_webhook
update dialer.webhook w
set url = :url, kinds = :kinds::text[], status_map = :status_map::jsonb, state = :state
where w.id = :id and w.state <> 'removed'
returning w.id;

-- name: rotate
update dialer.webhook w
set previous_salt = w.salt, previous_until = to_timestamp(:until), salt = :salt
where w.id = :id and w.state <> 'removed'
returning w.id;

-- name: drop_pending
-- Of a webhook that is gone.
update dialer.webhook_delivery d
set state = 'dead', done_at = to_timestamp(:now), error = 'removed'
where d.webhook = :id and d.state = 'pending';

-- name: allow_network
insert into dialer.private_network (project, network, reason, created_at)
select p.id, :network::text::cidr, :reason, to_timestamp(:now)
from dialer.project p
where p.id = :project
on conflict (project, network) do update set reason = excluded.reason
returning project;

-- name: forbid_network
delete from dialer.private_network where project = :project and network = :network::text::cidr returning project;

-- name: networks
select n.network::text as network from dialer.private_network n where n.project = :project order by 1;

-- name: fan_out
-- Events to deliveries, in order; an event that no webhook wants is done with.
with fresh as materialized (
    select o.id, o.project, o.lead, o.kind
    from dialer.outbox o
    where o.sent_at is null
    order by o.id
    limit :bound
    for update skip locked
), made as (
    insert into dialer.webhook_delivery (webhook, event, lead, next_try_at, give_up_at, created_at)
    select w.id, f.id, f.lead, to_timestamp(:now), to_timestamp(:give_up_at), to_timestamp(:now)
    from fresh f
    join dialer.webhook w on w.project = f.project and w.state <> 'removed'
    where cardinality(w.kinds) = 0 or f.kind = any(w.kinds)
    order by f.id, w.id
    on conflict do nothing
), marked as (
    update dialer.outbox o
    set sent_at = to_timestamp(:now)
    where o.id = any(array(select id from fresh))
    returning o.id
)
select count(*) from marked;

-- name: take
-- The first of each lead that is due, into this daemon's hand until `until`. What is ordered, what the agent wrote and the
-- slot are read as it goes out: they are a person's data, and the outbox keeps none.
with due as materialized (
    select d.id
    from dialer.webhook_delivery d
    where d.webhook = :webhook and d.state = 'pending' and d.next_try_at <= to_timestamp(:now)
      and (d.sending_until is null or d.sending_until <= to_timestamp(:now))
      and not exists (
          select from dialer.webhook_delivery p
          where p.webhook = d.webhook and p.lead = d.lead and p.state = 'pending' and p.event < d.event
      )
    order by d.next_try_at, d.event
    limit :count
    for update skip locked
), taken as (
    update dialer.webhook_delivery d
    set tries = d.tries + 1, sending_until = to_timestamp(:until)
    where d.id = any(array(select id from due))
    returning d.id, d.webhook, d.event, d.tries
)
select t.id, t.webhook, t.event, o.kind,
       (o.payload
        || case when g.data is null then '{}' else jsonb_build_object('order', g.data) end
        || case when s.slot is null then '{}' else jsonb_build_object('slot', s.slot) end
        || case when o.kind = 'attempt_settled' and o.payload ->> 'agent' is not null
                then jsonb_build_object('values', dialer.form_values((o.payload ->> 'attempt')::uuid, o.lead))
                else '{}' end)::text as payload, extract(epoch from o.created_at)::float8 as created_at,
       t.tries as attempt, o.lead::text as lead
from taken t
join dialer.outbox o on o.id = t.event
left join dialer.order_data g on g.lead = o.lead
left join lateral (
    select jsonb_build_object('reservation', h.id, 'date', h.day, 'interval', h.interval) as slot
    from dialer.slot_hold h
    where h.attempt = (o.payload ->> 'attempt')::uuid and h.lead = o.lead and h.state in ('held', 'kept')
    order by h.made_at desc
    limit 1
) s on true
order by t.event;

-- name: delivered
update dialer.webhook_delivery d
set state = 'delivered', done_at = to_timestamp(:now), sending_until = null, status = :status, error = ''
where d.id = :id;

-- name: failed
-- Later events of the same lead rest as long as this one: they could not go before it.
with told as (
    update dialer.webhook_delivery d
    set state = case when d.give_up_at <= to_timestamp(:now) then 'dead' else 'pending' end,
        done_at = case when d.give_up_at <= to_timestamp(:now) then to_timestamp(:now) end,
        next_try_at = to_timestamp(:next_try_at), sending_until = null, status = :status, error = :error
    where d.id = :id and d.state = 'pending'
    returning d.webhook, d.lead, d.event, d.state
), followers as (
    update dialer.webhook_delivery d
    set next_try_at = to_timestamp(:next_try_at)
    from told t
    where t.state = 'pending' and d.webhook = t.webhook and d.lead = t.lead and d.state = 'pending'
      and d.event > t.event
)
select t.state = 'dead' from told t;

-- name: recovered
-- The machine is back: what rests because it was away (no answer, 5xx, 429) rests no longer. What it refused, and what
-- follows that in its lead, waits as it did.
update dialer.webhook_delivery d
set next_try_at = to_timestamp(:now)
where d.webhook = :webhook and d.state = 'pending' and d.next_try_at > to_timestamp(:now)
  and (d.status is null or d.status >= 500 or d.status = 429)
  and not exists (
      select from dialer.webhook_delivery p
      where p.webhook = d.webhook and p.lead = d.lead and p.state = 'pending' and p.event < d.event
        and p.status < 500 and p.status <> 429
  );

-- name: give_up
with given_up as (
    update dialer.webhook_delivery d
    set state = 'dead', done_at = to_timestamp(:now),
        error = case d.error when '' then 'never_sent' else d.error end
    where d.state = 'pending' and d.give_up_at <= to_timestamp(:now)
      and (d.sending_until is null or d.sending_until <= to_timestamp(:now))
    returning d.id
)
select count(*) from given_up;

-- name: replay
-- Dead ones of a webhook: those named, or all.
with again as (
    update dialer.webhook_delivery d
    set state = 'pending', next_try_at = to_timestamp(:now), give_up_at = to_timestamp(:give_up_at), done_at = null,
        sending_until = null
    where d.webhook = :webhook and d.state = 'dead' and (:ids::bigint[] is null or d.id = any(:ids::bigint[]))
      and exists (select from dialer.outbox o where o.id = d.event)
    returning d.id
)
select count(*) from again;

-- name: deliveries
-- A page, newest first.
select d.id, d.event, o.kind, d.lead::text as lead, d.state, d.tries,
       extract(epoch from d.created_at)::float8 as created_at,
       case when d.state = 'pending' then extract(epoch from d.next_try_at)::float8 end as next_try_at,
       extract(epoch from d.done_at)::float8 as done_at, d.status, d.error
from dialer.webhook_delivery d
join dialer.outbox o on o.id = d.event
where d.webhook = :webhook and d.state = :state and (:before::bigint is null or d.id < :before)
order by d.id desc
limit :bound;

-- name: counts
-- How many of each webhook of a project wait and are dead.
select d.webhook, d.state, count(*) as deliveries
from dialer.webhook_delivery d
join dialer.webhook w on w.id = d.webhook
where d.state in ('pending', 'dead') and (:project::integer is null or w.project = :project)
group by 1, 2;

-- name: backlog
select (select count(*) from dialer.webhook_delivery d where d.state = 'pending') as pending,
       (select count(*) from dialer.webhook_delivery d where d.state = 'dead') as dead,
       (select extract(epoch from min(d.created_at))::float8
        from dialer.webhook_delivery d where d.state = 'pending') as oldest_at;

-- name: post
-- An event that is not a settlement.
insert into dialer.outbox (project, lead, kind, payload, created_at)
values (:project, :lead::text::uuid, :kind, :payload::jsonb, to_timestamp(:now))
returning id;

-- name: prune
-- What arrived long ago, in slices.
with old as (
    select d.id, d.event
    from dialer.webhook_delivery d
    where d.state = 'delivered' and d.done_at < to_timestamp(:before)
    limit :bound
), gone as (
    delete from dialer.webhook_delivery d where d.id = any(array(select id from old))
)
select count(*) from old;

-- name: prune_dead
-- What was given up long ago, in slices: nobody has sent it again, and nobody will.
with old as (
    select d.id
    from dialer.webhook_delivery d
    where d.state = 'dead' and d.done_at < to_timestamp(:before)
    limit :bound
), gone as (
    delete from dialer.webhook_delivery d where d.id = any(array(select id from old))
)
select count(*) from old;

-- name: prune_removed
-- What was made for webhooks that are gone, in slices: nobody can look at it any more.
with old as (
    select d.id
    from dialer.webhook w
    join lateral (
        select m.id from dialer.webhook_delivery m where m.webhook = w.id order by m.event limit :bound
    ) d on true
    where w.state = 'removed'
    limit :bound
), gone as (
    delete from dialer.webhook_delivery d where d.id = any(array(select id from old))
)
select count(*) from old;

-- name: prune_events
with old as (
    select o.id
    from dialer.outbox o
    where o.sent_at < to_timestamp(:before)
      and not exists (select from dialer.webhook_delivery d where d.event = o.id)
    limit :bound
), gone as (
    delete from dialer.outbox o where o.id = any(array(select id from old))
)
select count(*) from old;
