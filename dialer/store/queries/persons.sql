-- All that is held of one person, by a number. Instants are epoch seconds.

-- name: leads
-- An order whose phones were replaced since is told by the number of its attempts: the ledger is read through for it.
select h.lead::text as lead from dialer.phone h where h.number = :number
union
select l.id::text from dialer.lead l where l.number = :number or l.first_number = :number
union
select a.lead::text from dialer.attempt a where a.number = :number
order by lead;

-- name: of_lead
-- Row by row as the tables hold it: who asks what is held of him gets just that.
select jsonb_build_object(
           'lead', to_jsonb(l),
           'project', (select p.name from dialer.project p where p.id = l.project),
           'phones', coalesce((select jsonb_agg(to_jsonb(h) - 'lead' order by h.position) from dialer.phone h where h.lead = l.id), '[]'),
           'order', (select g.data from dialer.order_data g where g.lead = l.id),
           'attempts', coalesce((select jsonb_agg(to_jsonb(a) - 'lead' order by a.id) from dialer.attempt a where a.lead = l.id), '[]'),
           'form_edits', coalesce((select jsonb_agg(to_jsonb(e) - 'lead' order by e.at) from dialer.form_edit e where e.lead = l.id), '[]'),
           'results', coalesce((
               select jsonb_agg(to_jsonb(r) - 'lead' order by r.at) from dialer.order_result r where r.lead = l.id), '[]'),
           'callbacks', coalesce((select jsonb_agg(to_jsonb(b) - 'lead') from dialer.callback b where b.lead = l.id), '[]'),
           'feedback', coalesce((
               select jsonb_agg(to_jsonb(f) - 'lead' order by f.told_at) from dialer.feedback f where f.lead = l.id), '[]'),
           'work_cycles', coalesce((
               select jsonb_agg(to_jsonb(w) - 'lead' order by w.number) from dialer.work_cycle w where w.lead = l.id), '[]'),
           'slots', coalesce((
               select jsonb_agg(to_jsonb(s) - 'lead' order by s.made_at) from dialer.slot_hold s where s.lead = l.id), '[]'),
           'notices', coalesce((
               select jsonb_agg(to_jsonb(n) - 'lead' order by n.id) from dialer.notice n where n.lead = l.id), '[]'),
           'events', coalesce((
               select jsonb_agg(to_jsonb(o) - 'lead' order by o.id) from dialer.outbox o where o.lead = l.id), '[]')
       )::text as held
from dialer.lead l
where l.id = any(:leads::text[]::uuid[])
order by l.id;

-- name: of_number
select jsonb_build_object(
           'called', (select to_jsonb(m) - 'number' from dialer.called_number m where m.number = :number),
           'do_not_call', coalesce((
               select jsonb_agg(to_jsonb(d) - 'number') from dialer.do_not_call d where d.number = :number), '[]'),
           'called_under_digest', (
               select to_jsonb(f) - 'digest' from dialer.forgotten_number f where f.digest = any(:digests::bytea[]) limit 1),
           'do_not_call_under_digest', coalesce((
               select jsonb_agg(to_jsonb(f) - 'digest')
               from dialer.forgotten_do_not_call f where f.digest = any(:digests::bytea[])), '[]')
       )::text as held;

-- name: receipts
-- Answers of the last day that name the number.
select r.answer::text as answer from dialer.receipt r where strpos(r.answer::text, :number) > 0;

-- name: demand
-- Leads that wait are out at once; those in a call are marked, and forgotten when it is over.
with marked as (
    update dialer.lead l
    set forget_for = :by,
        state = case when l.state in ('needs_decision', 'ready', 'waiting') then 'refused' else l.state end,
        reason = case when l.state in ('needs_decision', 'ready', 'waiting') then 'erased' else l.reason end,
        withdrawn = case when l.closed_at is null then 'erased' else l.withdrawn end
    where l.id = any(:leads::text[]::uuid[]) and l.forgotten_at is null
    returning l.id, l.project, l.state, l.withdrawn is not distinct from 'erased' as is_withdrawn,
              dialer.closed_event(l) as closed
), told as (
    insert into dialer.outbox (project, lead, kind, payload)
    select m.project, m.id, 'lead_closed', m.closed from marked m where m.state = 'refused' and m.is_withdrawn
)
select id::text as lead, state, is_withdrawn from marked;

-- name: drop_receipts
delete from dialer.receipt r
where strpos(r.answer::text, :number) > 0
   or exists (select from unnest(:leads::text[]) as n (lead) where strpos(r.answer::text, n.lead) > 0);

-- name: forbid
insert into dialer.do_not_call (number, reason, created_at) values (:number, 'asked', to_timestamp(:now))
on conflict do nothing;
