-- The campaign's ($1) attempts reserved in [$2, $3), as one row. A call that an agent disposed as a machine or a voice
-- assistant was not answered by a person; one that nobody joined counts as a person.
with attempt as (
    select *,
           answered_at is not null and coalesce(disposition, '') not in ('machine', 'assistant') as by_person,
           bridged_at is not null and not abandoned as connected
    from dialer.attempt
    where campaign = $1
      and reserved_at >= coalesce($2, '-infinity'::timestamptz) and reserved_at < coalesce($3, 'infinity'::timestamptz)
)
select count(*) as attempts,
       count(*) filter (where outcome is null) as live,
       count(*) filter (where dialled_at is not null) as dialled,
       count(*) filter (where answered_at is not null) as answered,
       count(*) filter (where by_person) as answered_by_person,
       count(*) filter (where connected) as connected,
       count(*) filter (where abandoned) as abandoned,
       count(*) filter (where silent) as silent,
       count(*) filter (where caller_left) as caller_left,
       count(*) filter (where late_joined) as late_joined,
       count(distinct lead) as leads_tried,
       count(distinct lead) filter (where connected and by_person) as leads_reached,
       coalesce(sum(extract(epoch from ended_at - bridged_at)), 0)::float8 as talk_s,
       (percentile_cont(0.5) within group (order by extract(epoch from bridged_at - answered_at))
           filter (where connected))::float8 as wait_median_s,
       (percentile_cont(0.99) within group (order by extract(epoch from bridged_at - answered_at))
           filter (where connected))::float8 as wait_p99_s,
       min(reserved_at) as first_at,
       max(coalesce(ended_at, settled_at, reserved_at)) as last_at
from attempt
