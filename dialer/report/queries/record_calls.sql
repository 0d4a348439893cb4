-- The calls of a campaign ($1) dialled in [$2, $3), in order, with how long the agent wrote after each. An attempt's id
-- begins with the moment of its claim: one month's partition is read.
with wrote as (
    select l.attempt, extract(epoch from l.until - l.since)::float8 as wrap_s
    from (
        select attempt, state, since,
               lead(since) over (partition by agent order by since, dialer.order_of_state(state)) as until
        from dialer.agent_state_log
        where since >= $2 and since < $3::timestamptz + interval '1 hour'
    ) l
    where l.state = 'wrap_up' and l.attempt is not null and l.until is not null
)
select extract(epoch from a.dialled_at)::float8 as dialled_at, extract(epoch from a.ringing_at)::float8 as ringing_at,
       extract(epoch from a.answered_at)::float8 as answered_at, extract(epoch from a.bridged_at)::float8 as bridged_at,
       extract(epoch from a.ended_at)::float8 as ended_at, a.outcome, a.abandoned, a.caller_left, w.wrap_s
from dialer.attempt a
left join wrote w on w.attempt = a.id
where a.id >= dialer.uuid7_floor($2::timestamptz - interval '1 hour')
  and a.id < dialer.uuid7_floor($3::timestamptz + interval '1 second')
  and a.campaign = $1 and a.dialled_at >= $2 and a.dialled_at < $3
order by a.dialled_at, a.id
