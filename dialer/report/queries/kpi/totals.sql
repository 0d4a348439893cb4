-- One row: sums over the days [$2, $3]; tried, reached and agreed_leads of leads first tried on these days.
select coalesce(sum(f.attempts) filter (where f.day between $2 and $3), 0)::bigint as attempts,
       coalesce(sum(f.attempts) filter (where f.day between $2 and $3 and f.outcome = ''), 0)::bigint as live,
       coalesce(sum(f.counted) filter (where f.day between $2 and $3), 0)::bigint as counted,
       coalesce(sum(f.dialled) filter (where f.day between $2 and $3), 0)::bigint as dialled,
       coalesce(sum(f.answered) filter (where f.day between $2 and $3), 0)::bigint as answered,
       coalesce(sum(f.by_person) filter (where f.day between $2 and $3), 0)::bigint as by_person,
       coalesce(sum(f.contacts) filter (where f.day between $2 and $3), 0)::bigint as contacts,
       coalesce(sum(f.abandoned) filter (where f.day between $2 and $3), 0)::bigint as abandoned,
       coalesce(sum(f.attempts + f.others) filter (where f.day between $2 and $3 and d.is_agreement), 0)::bigint as agreements,
       coalesce(sum(f.others) filter (where f.day between $2 and $3), 0)::bigint as others,
       coalesce(sum(f.counted) filter (where f.cohort between $2 and $3 and f.attempt_no = 1), 0)::bigint as tried,
       coalesce(sum(f.first_contacts) filter (where f.cohort between $2 and $3), 0)::bigint as reached,
       coalesce(sum(f.talk_s) filter (where f.day between $2 and $3), 0)::float8 as talk_s
from facts f
left join dictionary d on d.campaign = f.campaign and d.code = f.disposition
