-- Notices: steps, gateways, and each notice on its way. Instants are epoch seconds.

-- name: steps
select s.name, s.channel, s.outcomes, s.times, s.template, s.subject, s.address
from dialer.notice_step s
where s.campaign = :campaign
order by s.times, s.name;

-- name: clear_steps
delete from dialer.notice_step where campaign = :campaign;

-- name: add_step
insert into dialer.notice_step (campaign, name, channel, outcomes, times, template, subject, address)
values (:campaign, :name, :channel, :outcomes::text[], :times, :template, :subject, :address);

-- name: gateway
select g.settings::text,
       array(select n.network::text from dialer.private_network n where n.project = g.project order by 1) as networks
from dialer.message_gateway g
where g.project = :project;

-- name: save_gateway
insert into dialer.message_gateway (project, settings, changed_at)
select p.id, :settings::jsonb, to_timestamp(:now)
from dialer.project p
where p.id = :project
on conflict (project) do update set settings = excluded.settings, changed_at = excluded.changed_at
returning project;

-- name: drop_gateway
delete from dialer.message_gateway where project = :project returning project;

-- name: lanes
-- Machines that something is due for: 0 is the mail server, any other a project's gateway.
select m.lane
from (select 0 as lane union all select p.id from dialer.project p) m
join lateral (
    select from dialer.notice n
    where n.state = 'waiting' and case n.channel when 'email' then 0 else n.project end = m.lane
      and n.next_try_at <= to_timestamp(:now)
    limit 1
) d on true
order by m.lane;

-- name: take
-- Into this daemon's hand until `until`. One that was in a hand whose time is up may have gone: it is not taken again.
with due as materialized (
    select n.id
    from dialer.notice n
    where n.state = 'waiting' and case n.channel when 'email' then 0 else n.project end = :lane
      and n.next_try_at <= to_timestamp(:now)
    order by n.next_try_at
    limit :bound
    for update skip locked
), taken as (
    update dialer.notice n
    set state = 'sending', tries = n.tries + 1, next_try_at = to_timestamp(:until)
    from due d
    where n.id = d.id
    returning n.*
)
select t.id, t.lead::text as lead, t.project, t.campaign, t.attempt::text as attempt, t.step,
       extract(epoch from t.made_at)::float8 as made_at, t.tries,
       s.channel, s.outcomes, s.times, s.template, s.subject, s.address,
       c.calendar::text as calendar, z.name as zone, l.state as lead_state, l.reason as lead_reason,
       l.withdrawn is not null or l.forgotten_at is not null or exists (
           select from dialer.phone h
           join dialer.do_not_call d on d.number = h.number and (d.project is null or d.project = t.project)
           where h.lead = t.lead
       ) as forbidden,
       array(select h.number from dialer.phone h where h.lead = t.lead and not h.is_bad order by h.position) as numbers,
       l.person, coalesce(l.external_id, '') as external_id, l.region, l.fields::text as fields, p.name as project_name
from taken t
join dialer.lead l on l.id = t.lead
join dialer.campaign c on c.id = t.campaign
join dialer.project p on p.id = t.project
join dialer.zone z on z.id = l.zone
left join dialer.notice_step s on s.campaign = t.campaign and s.name = t.step
order by t.id;

-- name: wait
-- `counts`: it was tried and surely did not go; else it was not tried at all.
update dialer.notice
set state = 'waiting', reason = :reason, next_try_at = to_timestamp(:next_try_at), tries = tries - (not :counts)::integer
where id = :id and state = 'sending';

-- name: close
-- With the event that tells the client of it.
with closed as (
    update dialer.notice n
    set state = :state, reason = :reason, done_at = to_timestamp(:now)
    where n.id = :id and n.state = 'sending'
    returning n.*
)
insert into dialer.outbox (project, lead, kind, payload)
select c.project, c.lead, 'notice_settled', jsonb_build_object(
           'notice', c.id, 'lead', c.lead, 'campaign', c.campaign, 'attempt', c.attempt, 'external_id', l.external_id,
           'step', c.step, 'channel', c.channel, 'notice_state', c.state, 'reason', c.reason, 'settled_at', :now::float8)
from closed c
join dialer.lead l on l.id = c.lead;

-- name: lost
-- In the hand of a daemon that is gone: they may have gone out.
select n.id from dialer.notice n where n.state = 'sending' and n.next_try_at <= to_timestamp(:now) limit :bound;

-- name: of_lead
select n.id, n.step, n.channel, n.state, n.reason, n.tries, n.cycle, n.attempt::text as attempt,
       extract(epoch from n.made_at)::float8 as made_at, extract(epoch from n.done_at)::float8 as done_at
from dialer.notice n
where n.lead = :lead::text::uuid
order by n.id;

-- name: tally
select n.step, n.channel, n.state, count(*) as notices
from dialer.notice n
where n.campaign = :campaign
group by 1, 2, 3
order by 1, 2, 3;

-- name: prune
-- What was over long ago, in slices. It stays while its lead is still worked in that cycle: it keeps the step from going
-- once more.
with old as (
    select n.id
    from dialer.notice n
    where n.done_at < to_timestamp(:before)
      and coalesce((
          select l.cycle <> n.cycle or l.state in ('done', 'refused', 'expired') from dialer.lead l where l.id = n.lead
      ), true)
    limit :bound
), gone as (
    delete from dialer.notice n where n.id = any(array(select id from old))
)
select count(*) from old;
