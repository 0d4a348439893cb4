-- The ledger of abandonments by minute, and the calls that it is made of. Instants are epoch seconds.

-- name: past
-- Each campaign's minutes over its own window; a calendar day is never longer than 25 hours.
select c.id as campaign, extract(epoch from m.minute)::float8 as at, m.answered, m.abandoned
from dialer.campaign c
cross join lateral (
    select m.minute, m.answered, m.abandoned
    from dialer.abandonment m
    where m.campaign = c.id
      and m.minute > to_timestamp(:now)
          - case c.ceiling_window when 'rolling_30d' then interval '30 days' else interval '25 hours' end
    order by m.minute
) m
where c.id = any(:campaigns::integer[]);
