-- Forgetting persons, and knowing their numbers again. Instants are epoch seconds.

-- name: hold
-- Whoever writes a number into `phone` holds this shared, whoever forgets one holds it alone: so a number that comes in
-- at that very moment finds its memory either still in place or already under its digest.
select pg_advisory_xact_lock_shared(6001);

-- name: hold_alone
select pg_advisory_xact_lock(6001);

-- name: keys
select id from dialer.forgotten_key;

-- name: recall
-- What is known of these numbers is theirs again.
with given as materialized (
    select * from unnest(:numbers::text[], :digests::bytea[]) as g (number, digest)
), back as materialized (
    delete from dialer.forgotten_number f
    using given g
    where f.digest = g.digest
    returning g.number, f.lead, f.called_at, f.abandoned_at, f.calls, f.calls_ever
), remembered as (
    insert into dialer.called_number as m (number, lead, called_at, abandoned_at, calls, calls_ever)
    select * from back order by number
    on conflict (number) do update
    set called_at = greatest(m.called_at, excluded.called_at),
        abandoned_at = greatest(m.abandoned_at, excluded.abandoned_at),
        calls = array(select c from unnest(m.calls || excluded.calls) as c order by c),
        calls_ever = m.calls_ever + excluded.calls_ever
), forbidden as materialized (
    delete from dialer.forgotten_do_not_call f
    using given g
    where f.digest = g.digest
    returning g.number, f.project, f.created_at
)
insert into dialer.do_not_call (number, project, reason, created_at)
select number, project, 'asked_before', created_at from forbidden order by number
on conflict do nothing;

-- name: may_be_called
-- A number that stood on the list when it was forgotten.
delete from dialer.forgotten_do_not_call f
where f.digest = any(:digests::bytea[]) and f.project is not distinct from :project
returning f.digest;

-- name: look
-- The next leads behind `after` that have been over for the shorter of the project's terms; `rule` is null for those whose
-- own term is not over yet, or of whom something is still on its way to somebody.
with here as materialized (
    select l.id, l.closed_at, p.forget_delivered_days, p.forget_closed_days
    from dialer.lead l
    join dialer.project p on p.id = l.project
    where l.project = :project and l.closed_at is not null and l.forgotten_at is null
      and (l.closed_at, l.id) > (to_timestamp(:after_closed_at), :after::text::uuid)
      and l.closed_at <= to_timestamp(:now) - make_interval(days => least(p.forget_delivered_days, p.forget_closed_days))
    order by l.closed_at, l.id
    limit :bound
)
select h.id::text as lead, extract(epoch from h.closed_at)::float8 as closed_at,
       case
           when exists (select from dialer.webhook_delivery w where w.lead = h.id and w.state = 'pending')
             or exists (select from dialer.outbox o where o.lead = h.id and o.sent_at is null)
             or exists (select from dialer.slot_hold s where s.lead = h.id and s.state in ('reserving', 'held', 'releasing'))
               then null
           when d.is_over then 'delivered'
           when h.closed_at <= to_timestamp(:now) - make_interval(days => h.forget_closed_days) then 'closed'
       end as rule,
       case when d.is_over then h.forget_delivered_days else h.forget_closed_days end as days
from here h
left join lateral (
    -- The client's last word is that it was delivered.
    select f.kind = 'delivered'
           and f.received_at <= to_timestamp(:now) - make_interval(days => h.forget_delivered_days) as is_over
    from dialer.feedback f
    where f.lead = h.id
    order by f.told_at desc, f.received_at desc
    limit 1
) d on true
order by h.closed_at, h.id;

-- name: projects
select p.id from dialer.project p
where p.forget_delivered_days is not null or p.forget_closed_days is not null
order by p.id;

-- name: demanded
select l.id::text as lead, l.project
from dialer.lead l
where l.forget_for is not null and l.forgotten_at is null and l.closed_at is not null
limit :bound;

-- name: lock
-- Those that are still over, and whom no other daemon has in hand.
select l.id::text as lead
from dialer.lead l
where l.id = any(:leads::text[]::uuid[]) and l.closed_at is not null and l.forgotten_at is null
order by l.id
for update skip locked;

-- name: numbers
select h.number from dialer.phone h where h.lead = any(:leads::text[]::uuid[])
union
select n.number
from dialer.lead l
cross join lateral (values (l.number), (l.first_number)) as n (number)
where l.id = any(:leads::text[]::uuid[]) and n.number is not null
union
select a.number
from dialer.attempt a
where a.lead = any(:leads::text[]::uuid[]) and a.id >= dialer.uuid7_floor(to_timestamp(:since)) and a.number is not null;

-- name: forget
-- Every column that is declared personal (`personal.py`). An order's own name goes too where it holds the number.
with doomed as materialized (
    select * from unnest(:leads::text[]::uuid[], :rules::text[], :days::smallint[]) as t (lead, rule, days)
), named_by_number as materialized (
    select distinct l.id
    from doomed d
    join dialer.lead l on l.id = d.lead
    cross join unnest(:numbers::text[]) as n (number)
    where strpos(regexp_replace(l.external_id, '\D', '', 'g'), n.number) > 0
), phones as (
    delete from dialer.phone h using doomed d where h.lead = d.lead returning h.lead
), attempts as (
    update dialer.attempt a
    set number = null
    from doomed d
    where a.lead = d.lead and a.id >= dialer.uuid7_floor(to_timestamp(:since)) and a.number is not null
    returning a.lead
), orders as (
    delete from dialer.order_data g using doomed d where g.lead = d.lead returning g.lead
), edits as (
    delete from dialer.form_edit e using doomed d where e.lead = d.lead returning e.lead
), holds as (
    delete from dialer.slot_hold h using doomed d where h.lead = d.lead returning h.lead
), callbacks as (
    delete from dialer.callback b using doomed d where b.lead = d.lead returning b.lead
), notes as (
    update dialer.feedback f set note = '' from doomed d where f.lead = d.lead and f.note <> '' returning f.lead
), cycles as (
    update dialer.work_cycle w
    set reason = dialer.code_of(w.reason)
    from doomed d
    where w.lead = d.lead and w.reason <> dialer.code_of(w.reason)
    returning w.lead
), events as (
    update dialer.outbox o
    set payload = (
            select coalesce(jsonb_object_agg(kept.key, case kept.key
                when 'reason' then to_jsonb(dialer.code_of(kept.value #>> '{}'))
                else kept.value
            end), '{}')
            from jsonb_each(o.payload) as kept
            where kept.key = any(:payload_keys::text[])
              and (kept.key <> 'external_id' or o.lead not in (select id from named_by_number))
        )
    from doomed d
    where o.lead = d.lead
      and (o.payload - :payload_keys::text[] <> '{}' or o.lead in (select id from named_by_number)
           or o.payload ->> 'reason' <> dialer.code_of(o.payload ->> 'reason'))
    returning o.lead
), emptied as (
    update dialer.lead l
    set number = null, first_number = null, question = null, person = '', fields = '{}', forgotten_at = to_timestamp(:now),
        external_id = case when l.id in (select id from named_by_number) then 'forgotten:' || l.id else l.external_id end,
        -- A cancelled order's reason may be words of whoever cancelled it.
        reason = dialer.code_of(l.reason),
        withdrawn = dialer.code_of(l.withdrawn)
    from doomed d
    where l.id = d.lead
    returning l.id as lead
), gone as (
    select lead, 'phone' as place from phones
    union all select lead, 'attempt' from attempts
    union all select lead, 'order_data' from orders
    union all select lead, 'form_edit' from edits
    union all select lead, 'slot_hold' from holds
    union all select lead, 'callback' from callbacks
    union all select lead, 'feedback' from notes
    union all select lead, 'work_cycle' from cycles
    union all select lead, 'outbox' from events
    union all select lead, 'lead' from emptied
), counted as (
    select g.lead, jsonb_object_agg(g.place, g.rows) as erased
    from (select lead, place, count(*) as rows from gone group by lead, place) g
    group by g.lead
)
insert into dialer.forgetting (lead, project, at, rule, days, by, erased)
select d.lead, l.project, to_timestamp(:now), d.rule, d.days, coalesce(l.forget_for, :by), c.erased
from doomed d
join dialer.lead l on l.id = d.lead
join counted c on c.lead = d.lead
returning rule;

-- name: nobodys
-- Of these numbers, those that no lead has any longer.
select n.number
from unnest(:numbers::text[]) as n (number)
where not exists (select from dialer.phone h where h.number = n.number)
  and not exists (select from dialer.live_attempt v where v.number = n.number);

-- name: keep_key
insert into dialer.forgotten_key (id, since) values (:id, to_timestamp(:now)) on conflict do nothing;

-- name: hide
-- What is known of these numbers goes under their digests.
with given as materialized (
    select * from unnest(:numbers::text[], :digests::bytea[]) as g (number, digest)
), known as (
    delete from dialer.called_number m using given g where m.number = g.number
    returning g.digest, m.lead, m.called_at, m.abandoned_at, m.calls, m.calls_ever
), kept as (
    insert into dialer.forgotten_number as f (digest, key, lead, called_at, abandoned_at, calls, calls_ever)
    select k.digest, :key, k.lead, k.called_at, k.abandoned_at, k.calls, k.calls_ever from known k order by k.digest
    on conflict (digest) do update
    set called_at = greatest(f.called_at, excluded.called_at),
        abandoned_at = greatest(f.abandoned_at, excluded.abandoned_at),
        calls = array(select c from unnest(f.calls || excluded.calls) as c order by c),
        calls_ever = f.calls_ever + excluded.calls_ever
), forbidden as (
    delete from dialer.do_not_call n using given g where n.number = g.number
    returning g.digest, n.project, n.created_at
)
insert into dialer.forgotten_do_not_call (digest, key, project, created_at)
select b.digest, :key, b.project, b.created_at from forbidden b order by b.digest
on conflict do nothing;

-- name: drop_old_numbers
-- Limits look back a month, or over all time: a year after the last call nothing is left to protect from.
delete from dialer.forgotten_number f where f.called_at < to_timestamp(:before);

-- name: drop_unused_keys
delete from dialer.forgotten_key k
where k.id <> all(:present::text[])
  and not exists (select from dialer.forgotten_number f where f.key = k.id)
  and not exists (select from dialer.forgotten_do_not_call f where f.key = k.id);

-- name: drop_key
-- A key that is lost: nobody is known under it any longer.
with numbers as (
    delete from dialer.forgotten_number where key = :id returning key
), forbidden as (
    delete from dialer.forgotten_do_not_call where key = :id returning key
)
select (select count(*) from numbers) as numbers, (select count(*) from forbidden) as forbidden;

-- name: key_counts
select k.id, extract(epoch from k.since)::float8 as since,
       (select count(*) from dialer.forgotten_number f where f.key = k.id) as numbers,
       (select count(*) from dialer.forgotten_do_not_call f where f.key = k.id) as forbidden
from dialer.forgotten_key k
order by k.since;

-- name: terms
select forget_delivered_days as delivered_days, forget_closed_days as closed_days
from dialer.project where id = :project;

-- name: set_terms
update dialer.project
set forget_delivered_days = :delivered_days, forget_closed_days = :closed_days
where id = :project
returning id;

-- name: proofs
select f.lead::text as lead, f.project, extract(epoch from f.at)::float8 as at, f.rule, f.days, f.by, f.erased::text as erased
from dialer.forgetting f
where f.project = :project and (f.at, f.lead) > (to_timestamp(:after_at::float8), :after::text::uuid)
order by f.at, f.lead
limit :bound;

-- name: newest_proofs
select f.lead::text as lead, f.project, extract(epoch from f.at)::float8 as at, f.rule, f.days, f.by, f.erased::text as erased
from dialer.forgetting f
where f.project = :project and (f.at, f.lead) < (to_timestamp(:before_at::float8), :before::text::uuid)
order by f.at desc, f.lead desc
limit :bound;

-- name: overdue
-- Leads that should have been forgotten two days ago.
select count(*)
from dialer.lead l
join dialer.project p on p.id = l.project
where l.closed_at is not null and l.forgotten_at is null
  and l.closed_at <= to_timestamp(:now) - make_interval(days => p.forget_closed_days + 2);
