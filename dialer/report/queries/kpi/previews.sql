-- What agents did with the leads that they looked at before the call, shown on the days [$2, $3] of the project's zone.
with scope as (
    select c.id as campaign, $2::date::timestamp at time zone p.zone as since,
           ($3::date + 1)::timestamp at time zone p.zone as until
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
)
select g.id as agent, g.name, count(*) as shown, count(*) filter (where a.dialled_at is not null) as called,
       count(*) filter (where a.reason = 'skipped_not_now') as skipped_not_now,
       count(*) filter (where a.reason = 'skipped_already_settled') as skipped_already_settled,
       count(*) filter (where a.reason = 'skipped_unclear') as skipped_unclear,
       count(*) filter (where a.reason = 'skipped_other') as skipped_other,
       count(*) filter (where a.reason = 'preview_untouched') as untouched,
       count(*) filter (where a.dialled_at is null and a.reason <> 'preview_untouched'
                        and not starts_with(a.reason, 'skipped_')) as gone
from scope s
join dialer.attempt a on a.campaign = s.campaign and a.previewer is not null
                     and a.reserved_at >= s.since and a.reserved_at < s.until
join dialer.agent g on g.id = a.previewer
where a.outcome is not null
group by g.id, g.name
order by g.id
