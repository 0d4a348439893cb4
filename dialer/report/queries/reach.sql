-- Leads of the campaign ($1) by attempt number: how many were tried a first, second… time, and how many of them were reached
-- then: an agent talked with the person, not with a machine. Only attempts that count against the lead; number 0: of all
-- attempts. From the kept sums of the days [$2, $3] of the zone $4 before the watermark $5, which are in [$6, $7), and what they do not hold.
with attempt as (
    select r.attempt_no, r.counted
    from dialer.report_day r
    where r.campaign = $1 and r.day between $2 and $3
    union all
    select u.attempt_no, u.uses_attempt::integer
    from unsummed u
), made as (
    select a.attempt_no, coalesce(sum(a.counted), 0)::bigint as attempts
    from attempt a
    group by a.attempt_no
), young as (
    select distinct u.lead, k.attempt_no, k.is_contact
    from unsummed u
    cross join lateral (values
        (0, false, true), (0, true, u.is_contact and u.by_person),
        (u.attempt_no, false, u.uses_attempt), (u.attempt_no, true, u.uses_attempt and u.is_contact)
    ) as k (attempt_no, is_contact, is_such)
    where k.is_such
), counted as ( -- of these leads what is in the sums
    select distinct b.lead, k.attempt_no, k.is_contact
    from (select distinct u.lead from unsummed u) l
    cross join lateral (
        select a.lead, a.attempt_no, a.uses_attempt, a.answered_at is not null as answered,
               a.bridged_at is not null and not a.abandoned and coalesce(a.disposition, '') not in ('machine', 'assistant') as is_contact
        from dialer.attempt a
        where a.lead = l.lead and a.campaign = $1 and $2::date <= $3::date
          and a.reserved_at < $5 and (a.reserved_at at time zone $4)::date between $2 and $3
          -- An id tells its time: so only these months are read.
          and a.id >= l.lead and a.id >= dialer.uuid7_floor($6::timestamptz - interval '1 hour')
          and a.id < dialer.uuid7_floor($7::timestamptz + interval '1 hour')
        offset 0 -- lead by lead: an index holds a lead's attempts
    ) b
    cross join lateral (values
        (0, false, true), (0, true, b.is_contact and b.answered),
        (b.attempt_no, false, b.uses_attempt), (b.attempt_no, true, b.uses_attempt and b.is_contact)
    ) as k (attempt_no, is_contact, is_such)
    where k.is_such
), told as (
    select l.attempt_no, l.is_contact, l.leads
    from dialer.report_lead l
    where l.campaign = $1 and l.day between $2 and $3 and (l.last_day is null or l.last_day < $2)
    union all
    select y.attempt_no, y.is_contact, 1
    from (select * from young except select * from counted) y
), leads as (
    select t.attempt_no, coalesce(sum(t.leads) filter (where not t.is_contact), 0)::bigint as leads,
           coalesce(sum(t.leads) filter (where t.is_contact), 0)::bigint as leads_reached
    from told t
    group by t.attempt_no
)
select l.attempt_no, coalesce(m.attempts, 0) as attempts, l.leads, l.leads_reached
from leads l
left join made m on m.attempt_no = l.attempt_no
order by l.attempt_no
