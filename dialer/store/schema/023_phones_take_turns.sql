-- A lead's phones take turns, so the number that is dialled next no longer tells the lead: one without an order's name is
-- told by its first number within its list, which is kept once another one has the turn.

alter table dialer.lead add column first_number text check (dialer.is_number(first_number)); -- null: `number` is the first

update dialer.lead l
set first_number = h.number
from dialer.phone h
where l.phone > 1 and l.external_id is null and h.lead = l.id and h.position = 1
  and not exists (select from dialer.lead o where o.list = l.list and o.number = h.number and o.phone = 1);

drop index dialer.lead_number;
create unique index lead_number on dialer.lead (list, coalesce(first_number, number)) where external_id is null;
