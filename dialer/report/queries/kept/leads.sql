-- Leads of the campaigns $1 by attempts reserved in [$4, $5), told apart by day: each lead once a day for each kind of
-- attempt, with the day of its last attempt of this kind before. $2 and $3: any days.
with attempt as (
    select a.id, a.lead, a.campaign, a.attempt_no, p.zone, a.uses_attempt, (a.reserved_at at time zone p.zone)::date as day,
           a.bridged_at is not null and not a.abandoned and coalesce(a.disposition, '') not in ('machine', 'assistant') as contact,
           a.answered_at is not null as answered
    from dialer.attempt a
    join dialer.campaign c on c.id = a.campaign
    join dialer.project p on p.id = c.project
    where a.reserved_at >= $4 and a.reserved_at < $5
      and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
      and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
      and a.campaign = any($1::integer[])
), tried as (
    select a.campaign, a.day, k.attempt_no, k.is_contact, (k.last_at at time zone a.zone)::date as last_day
    from attempt a
    -- What was before. (Ids tell the time: only the months since the lead are read.)
    cross join lateral (
        select max(b.reserved_at) as any_at,
               max(b.reserved_at) filter (where b.contact and b.answered_at is not null) as contact_at,
               max(b.reserved_at) filter (where b.uses_attempt and b.attempt_no = a.attempt_no) as same_at,
               max(b.reserved_at) filter (where b.uses_attempt and b.attempt_no = a.attempt_no and b.contact) as same_contact_at
        from (
            select e.*, e.bridged_at is not null and not e.abandoned
                   and coalesce(e.disposition, '') not in ('machine', 'assistant') as contact
            from dialer.attempt e
            where e.lead = a.lead and e.id >= a.lead and e.id < a.id and e.campaign = a.campaign
        ) b
    ) before
    cross join lateral (values
        (0, false, before.any_at, true),
        (0, true, before.contact_at, a.contact and a.answered),
        (a.attempt_no, false, before.same_at, a.uses_attempt),
        (a.attempt_no, true, before.same_contact_at, a.uses_attempt and a.contact)
    ) as k (attempt_no, is_contact, last_at, is_such)
    where k.is_such
)
select t.campaign, t.day, t.attempt_no, t.is_contact, t.last_day, count(*)::integer as leads
from tried t
where t.last_day is distinct from t.day and $2::date <= $3::date
group by 1, 2, 3, 4, 5
