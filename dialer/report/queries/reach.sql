-- Of the leads tried a first, second… time: how many were reached: an agent talked with the person, not with a machine. Only attempts that count against the lead.
select attempt_no,
       count(*) as attempts,
       count(distinct lead) as leads,
       count(distinct lead) filter (where bridged_at is not null and not abandoned
           and coalesce(disposition, '') not in ('machine', 'assistant')) as leads_reached
from dialer.attempt
where campaign = $1 and uses_attempt
  and reserved_at >= coalesce($2, '-infinity'::timestamptz) and reserved_at < coalesce($3, 'infinity'::timestamptz)
group by attempt_no
order by attempt_no
