-- What of [$2, $3) (null: open) the sums of a campaign ($1) hold: the days [first_day, last_day] of its project, as far as
-- they are before the watermark, within [opens, closes); none where first_day is after last_day. All else is in
-- [since, opens) and [closes, until). $4 and $5: before and after all attempts.
with asked as (
    select p.zone, w.summed_until,
           case when $2::timestamptz is null then '-infinity'::date
                else (($2 at time zone p.zone) + interval '1 day' - interval '1 microsecond')::date end as first_day,
           case when $3::timestamptz is null or $3 >= w.summed_until then 'infinity'::date
                else ($3 at time zone p.zone)::date - 1 end as last_day
    from dialer.report_watermark w
    cross join dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = $1
), kept as (
    select a.*, a.first_day::timestamp at time zone a.zone as opens,
           least(a.summed_until,
                 case when a.last_day = 'infinity' then 'infinity' else (a.last_day + 1)::timestamp at time zone a.zone end) as closes
    from asked a
)
select k.zone, greatest(k.summed_until, $4) as summed_until,
       case when k.opens < k.closes then k.first_day else 'infinity' end as first_day,
       case when k.opens < k.closes then k.last_day else '-infinity' end as last_day,
       coalesce($2, $4::timestamptz) as since, greatest(least(k.opens, $5), $4) as opens,
       greatest(least(k.closes, $5), $4) as closes, coalesce($3, $5::timestamptz) as until
from kept k
