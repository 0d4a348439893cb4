-- What may be billed, by day: results (a disposition that ends the lead), agreements among them, talk to the second and
-- in started minutes of each call.
select f.day, coalesce(sum(f.attempts + f.others) filter (where d.is_result), 0)::bigint as results,
       coalesce(sum(f.attempts + f.others) filter (where d.is_agreement), 0)::bigint as agreements,
       sum(f.contacts)::bigint as contacts, sum(f.talk_s)::float8 as talk_s, sum(f.started_minutes)::bigint as started_minutes
from day_facts f
left join dictionary d on d.campaign = f.campaign and d.code = f.disposition
where f.day between $2 and $3
group by f.day
order by f.day
