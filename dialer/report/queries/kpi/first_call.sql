-- How soon leads first tried on the days [$2, $3] were called, from the receipt of the order (or its next work cycle).
select s.minutes, coalesce(sum(f.counted) filter (where f.age_min <= s.minutes), 0)::bigint as leads,
       coalesce(sum(f.counted), 0)::bigint as tried
from unnest(array[5, 20, 60, 240, 1440]) as s (minutes)
left join facts f on f.cohort between $2 and $3 and f.attempt_no = 1
group by s.minutes
order by s.minutes
