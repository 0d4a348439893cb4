-- Calls that were promised go before all others at their time, and one that is missed is known.

-- 0..9 is the sender's own; what is urgent stands above it for as long as it is: 11 a promised call. `own_priority` is
-- what the lead comes back to.
alter table dialer.lead
    drop constraint lead_priority_check,
    add constraint lead_priority_check check (priority between 0 and 11),
    add column own_priority smallint check (own_priority between 0 and 9);

-- When the promise was kept: the lead was dialled again.
alter table dialer.callback add column called_at timestamptz;

update dialer.callback b
set called_at = b.call_at
where not exists (
    select from dialer.lead l where l.id = b.lead and l.state in ('ready', 'waiting') and l.next_call_at = b.call_at
);

update dialer.lead l
set own_priority = l.priority, priority = 11
from dialer.callback b
where b.lead = l.id and b.called_at is null;

create index callback_open on dialer.callback (call_at) where called_at is null;
