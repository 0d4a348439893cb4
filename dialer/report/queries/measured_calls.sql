-- What a campaign's ($1) settled calls dialled in [$2, $3) were like, as one row: counts, and means with deviations, seconds.
with call as (
    select a.outcome, a.answered_at is not null as answered, a.bridged_at is not null as joined,
           extract(epoch from a.ringing_at - a.dialled_at)::float8 as set_up_s,
           extract(epoch from a.answered_at - coalesce(a.ringing_at, a.dialled_at))::float8 as ring_s,
           extract(epoch from a.ended_at - a.bridged_at)::float8 as talk_s,
           extract(epoch from a.ended_at - coalesce(a.ringing_at, a.dialled_at))::float8 as rang_s
    from dialer.attempt a
    where a.id >= dialer.uuid7_floor($2::timestamptz - interval '1 hour')
      and a.id < dialer.uuid7_floor($3::timestamptz + interval '1 second')
      and a.campaign = $1 and a.dialled_at >= $2 and a.dialled_at < $3 and a.outcome is not null
)
select count(*) as calls,
       count(*) filter (where answered) as answered,
       count(*) filter (where joined and talk_s > 0) as talks,
       count(*) filter (where outcome in ('busy', 'rejected')) as busy,
       count(*) filter (where outcome in ('invalid', 'unavailable')) as invalid,
       count(*) filter (where outcome in ('congestion', 'trunk_down', 'failed_here')) as congestion,
       avg(ring_s) filter (where answered) as ring_s,
       stddev_samp(ring_s) filter (where answered) as ring_sd_s,
       avg(talk_s) filter (where joined and talk_s > 0) as talk_s,
       stddev_samp(talk_s) filter (where joined and talk_s > 0) as talk_sd_s,
       percentile_cont(0.1) within group (order by set_up_s) as set_up_low_s,
       percentile_cont(0.9) within group (order by set_up_s) as set_up_high_s,
       percentile_cont(0.1) within group (order by rang_s) filter (where outcome = 'no_answer') as give_up_low_s,
       percentile_cont(0.9) within group (order by rang_s) filter (where outcome = 'no_answer') as give_up_high_s
from call
