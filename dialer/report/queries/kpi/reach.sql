-- By attempt number. Of leads first tried on the days [$2, $3]: how many had this attempt, and with how many it was the
-- first contact. `attempts` and `contacts`: the counted attempts of this number made on these days.
select f.attempt_no,
       coalesce(sum(f.counted) filter (where f.day between $2 and $3), 0)::bigint as attempts,
       coalesce(sum(f.contacts) filter (where f.day between $2 and $3 and f.counted > 0), 0)::bigint as contacts,
       coalesce(sum(f.counted) filter (where f.cohort between $2 and $3), 0)::bigint as leads,
       coalesce(sum(f.first_contacts) filter (where f.cohort between $2 and $3), 0)::bigint as reached,
       coalesce(sum(sum(f.first_contacts) filter (where f.cohort between $2 and $3)) over (order by f.attempt_no), 0)::bigint
           as reached_so_far,
       coalesce(sum(sum(f.counted) filter (where f.cohort between $2 and $3 and f.attempt_no = 1)) over (), 0)::bigint as tried
from facts f
group by f.attempt_no
having sum(f.counted) > 0
order by f.attempt_no
