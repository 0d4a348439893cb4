-- Attempt rules: what a lead's attempts came to, and how often each number was called over all leads and campaigns.

-- The attempts of the present work cycle that count, oldest first: «1790000000 no_answer», dialled at that epoch second.
alter table dialer.lead add column tried text[] not null default '{}';

alter table dialer.called_number
    add column calls timestamptz[] not null default '{}', -- of the last 32 days, oldest first
    add column calls_ever integer not null default 0;

update dialer.called_number m
set calls = past.calls, calls_ever = past.calls_ever
from (
    select a.number, count(*) as calls_ever,
           coalesce(array_agg(a.settled_at order by a.settled_at)
               filter (where a.settled_at > now() - interval '32 days'), '{}') as calls
    from dialer.attempt a
    where a.uses_attempt and a.number is not null
    group by a.number
) past
where past.number = m.number;

-- Until when a number rests: the gap after another lead's call, and the limits of the campaign that asks; 'infinity' where
-- it may never be called again, null where nothing stands in the way. Volatile on purpose: each call looks with a fresh
-- snapshot, so that who has just taken the number's row in `live_attempt` sees every call settled before that.
create function dialer.number_rests_until(
    of_number text, for_lead uuid, in_zone text, minimum_gap interval, limits jsonb
) returns timestamptz
language plpgsql volatile
as $$
declare
    rests timestamptz;
    calls timestamptz[];
    calls_ever bigint;
    cap integer;
    span record;
begin
    select m.calls, m.calls_ever, case when m.lead <> for_lead then m.called_at + minimum_gap end
    into calls, calls_ever, rests
    from dialer.called_number m
    where m.number = of_number;
    if limits is null then
        return rests;
    end if;
    if (limits ->> 'per_person')::boolean then
        -- The person's other phones count too, and one of them may be on a call at this moment.
        select array_agg(c.at order by c.at) into calls
        from dialer.phone h
        join dialer.called_number m on m.number = h.number
        cross join lateral unnest(m.calls) as c (at)
        where h.lead = for_lead;
        select sum(m.calls_ever),
               greatest(rests, (
                   select now() + interval '1 minute'
                   from dialer.phone o
                   join dialer.live_attempt v on v.number = o.number
                   where o.lead = for_lead and o.number <> of_number
                   limit 1
               ))
        into calls_ever, rests
        from dialer.phone h
        join dialer.called_number m on m.number = h.number
        where h.lead = for_lead;
    end if;
    if calls_ever >= (limits ->> 'ever')::bigint then
        return 'infinity';
    end if;
    for span in values ('per_day', 1), ('per_week', 7), ('per_month', 31) loop
        cap := (limits ->> span.column1)::integer;
        if cap <= cardinality(calls) then
            -- The window is full until the day of its oldest call has left it.
            rests := greatest(rests, ((calls[cardinality(calls) - cap + 1] at time zone in_zone)::date + span.column2)::timestamp
                at time zone in_zone);
        end if;
    end loop;
    return rests;
end
$$;
