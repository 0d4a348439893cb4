-- Leads of the campaign ($1) by attempt number: how many were tried a first, second… time, and how many of them were reached
-- then: an agent talked with the person, not with a machine. Only attempts that count against the lead; number 0: of all
-- attempts. From the kept sums of the days [$2, $3] of the zone $4 before the watermark $5, and what they do not hold.
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
), told as (
    select l.attempt_no, l.is_contact, l.leads
    from dialer.report_lead l
    where l.campaign = $1 and l.day between $2 and $3 and (l.last_day is null or l.last_day < $2)
    union all
    select y.attempt_no, y.is_contact, 1
    from young y
    where not exists (
        select from dialer.attempt b
        where b.lead = y.lead and b.id >= y.lead and b.campaign = $1 and $2::date <= $3::date
          and b.reserved_at < $5 and (b.reserved_at at time zone $4)::date between $2 and $3
          and (y.attempt_no = 0 or b.uses_attempt and b.attempt_no = y.attempt_no)
          and (not y.is_contact
               or b.bridged_at is not null and not b.abandoned and coalesce(b.disposition, '') not in ('machine', 'assistant')
                  and (b.answered_at is not null or y.attempt_no > 0))
    )
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
