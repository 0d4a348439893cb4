-- Of the leads first tried on the days [$2, $3], how many agreed within so many minutes of the receipt of the order.
select s.minutes,
       coalesce(sum(f.attempts) filter (where d.is_agreement and f.age_min <= s.minutes), 0)::bigint as agreements,
       coalesce(sum(f.counted) filter (where f.attempt_no = 1), 0)::bigint as tried
from unnest(array[1440, 2880, 4320, 10080]) as s (minutes)
left join facts f on f.cohort between $2 and $3
left join dictionary d on d.campaign = f.campaign and d.code = f.disposition
group by s.minutes
order by s.minutes
