-- Orders in beside the lists: receipts, order data, changes of leads that wait. Instants are epoch seconds.

-- name: receipt
select fingerprint, status, answer::text
from dialer.receipt
where sender = :sender and key = :key and made_at > to_timestamp(:since);

-- name: keep_receipt
-- The first answer stands, whoever came second; one that is too old is replaced.
insert into dialer.receipt as r (sender, key, fingerprint, status, answer, made_at)
values (:sender, :key, :fingerprint, :status, :answer::json, to_timestamp(:now))
on conflict (sender, key) do update
set fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer, made_at = excluded.made_at
where r.made_at <= to_timestamp(:since)
returning r.key;

-- name: prune_receipts
delete from dialer.receipt where made_at <= to_timestamp(:before);

-- name: put_orders
insert into dialer.order_data (lead, data)
select * from unnest(:leads::text[]::uuid[], :data::text[]::jsonb[])
on conflict (lead) do update set data = excluded.data;

-- name: drop_orders
-- Of leads that were there already under another id.
delete from dialer.order_data g
where g.lead = any(:leads::text[]::uuid[]) and not exists (select from dialer.lead l where l.id = g.lead);

-- name: prune_orders
-- Of the last two days, but for the last hour: what came before its lead, and no lead followed.
delete from dialer.order_data g
where g.lead >= dialer.uuid7_floor(to_timestamp(:now) - interval '2 days')
  and g.lead < dialer.uuid7_floor(to_timestamp(:now) - interval '1 hour')
  and not exists (select from dialer.lead l where l.id = g.lead);

-- name: put_asked
update dialer.lead l
set asked_at = to_timestamp(t.at)
from unnest(:leads::text[]::uuid[], :at::float8[]) as t (lead, at)
where l.id = t.lead;

-- name: hold_waiting
-- Only while nobody calls it. It stays as it is until the transaction ends.
select l.campaign, l.region, l.fields::text
from dialer.lead l
where l.id = :lead::text::uuid and l.state in ('needs_decision', 'ready', 'waiting')
for update;

-- name: numbers
select h.number from dialer.phone h where h.lead = :lead::text::uuid order by h.position;

-- name: change_lead
update dialer.lead l
set person = coalesce(:person, l.person), priority = coalesce(:priority, l.priority),
    expires_at = case when :sets_expiry then to_timestamp(:expires_at) else l.expires_at end,
    next_call_at = coalesce(to_timestamp(:not_before), l.next_call_at),
    region = coalesce(:region, l.region),
    fields = (l.fields || :fields::jsonb) - :gone::text[]
where l.id = :lead::text::uuid;

-- name: bind_phones
update dialer.phone h
set zone = z.id
from unnest(:numbers::text[], :zones::text[]) as t (number, zone)
join dialer.zone z on z.name = t.zone
where h.lead = :lead::text::uuid and h.number = t.number;

-- name: bind_lead
-- As the phone that is dialled next.
update dialer.lead l
set zone = h.zone
from dialer.phone h
where l.id = :lead::text::uuid and h.lead = l.id and h.position = l.phone;

-- name: add_zones
insert into dialer.zone (name)
select distinct z.name from unnest(:zones::text[]) as z (name)
where not exists (select from dialer.zone y where y.name = z.name)
on conflict do nothing;

-- name: drop_phones
delete from dialer.phone where lead = :lead::text::uuid;

-- name: put_phones
insert into dialer.phone (lead, position, number, zone, kind, extension)
select :lead::text::uuid, p.position, p.number, z.id, p.kind, p.extension
from unnest(:numbers::text[], :zones::text[], :kinds::text[], :extensions::text[])
    with ordinality as p (number, zone, kind, extension, position)
join dialer.zone z on z.name = p.zone;

-- name: point_at_first
update dialer.lead l
set number = h.number, zone = h.zone, phone = h.position, state = case l.state when 'needs_decision' then 'ready' else l.state end,
    reason = case l.state when 'needs_decision' then '' else l.reason end
from dialer.phone h
where l.id = :lead::text::uuid and h.lead = l.id and h.position = 1;
