-- What clients tell back. Instants are epoch seconds.

-- name: known
select outcome from dialer.feedback where webhook = :webhook and message = :message;

-- name: lead_for_update
select l.id::text as lead, l.campaign, l.state
from dialer.lead l
where l.project = :project
  and (l.id = :lead::text::uuid or (:lead::text is null and l.external_id = :external_id))
for update;

-- name: book
-- Of a person who is forgotten no words are taken in again.
insert into dialer.feedback (webhook, message, project, lead, kind, paid_kopecks, note, told_at, received_at, outcome)
select :webhook, :message, :project, l.id, :kind, :paid_kopecks, case when l.forgotten_at is null then :note else '' end,
       to_timestamp(:told_at), to_timestamp(:now), :outcome
from dialer.lead l
where l.id = :lead::text::uuid
on conflict (webhook, message) do nothing;

-- name: reopen
-- The cycle that is over is kept; the next one begins at the first phone that is not bad. No row: none is left.
with phone as materialized (
    select h.position, h.number, h.zone
    from dialer.phone h
    where h.lead = :lead::text::uuid and not h.is_bad
    order by h.position
    limit 1
), closed as (
    insert into dialer.work_cycle (lead, number, opened_at, closed_at, state, reason, attempts)
    select l.id, l.cycle,
           coalesce((select max(w.closed_at) from dialer.work_cycle w where w.lead = l.id), l.created_at),
           to_timestamp(:now), l.state, l.reason, l.attempts
    from dialer.lead l, phone p
    where l.id = :lead::text::uuid
)
update dialer.lead l
set cycle = l.cycle + 1, attempts = 0, tried = '{}', state = 'ready', reason = '', withdrawn = null, expires_at = null,
    next_call_at = to_timestamp(:now), number = p.number, phone = p.position, zone = p.zone
from phone p
where l.id = :lead::text::uuid and l.state in ('done', 'refused', 'expired')
returning l.cycle;

-- name: cycles
select w.number, extract(epoch from w.opened_at)::float8 as opened_at, extract(epoch from w.closed_at)::float8 as closed_at,
       w.state, w.reason, w.attempts
from dialer.work_cycle w
where w.lead = :lead::text::uuid
order by w.number;
