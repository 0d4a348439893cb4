-- What became of the calls of the campaigns $1 reserved in [$4, $5), by hour and the number that was shown. $2 and $3: any
-- days.
select a.campaign, date_trunc('hour', a.reserved_at, 'UTC') as hour, a.caller,
       count(*)::integer as dialled, count(a.answered_at)::integer as answered,
       count(*) filter (where a.outcome = 'blocked')::integer as blocked,
       count(*) filter (where a.outcome = 'rejected')::integer as rejected,
       count(*) filter (where a.outcome = 'no_answer')::integer as no_answer
from dialer.attempt a
where a.reserved_at >= $4 and a.reserved_at < $5
  and a.id >= dialer.uuid7_floor($4::timestamptz - interval '1 hour')
  and a.id < dialer.uuid7_floor($5::timestamptz + interval '1 hour')
  and a.dialled_at is not null and a.campaign = any($1::integer[]) and $2::date <= $3::date
group by 1, 2, 3
