-- Where a person's phones count together, two claims that take different phones of his at the same moment do not see each
-- other. Each therefore takes the lock of all his numbers to the end of its transaction, and whoever finds one taken
-- lets the lead rest a moment. Locks are only tried, in one order: nobody waits, nobody deadlocks.
create function dialer.claim_rests_until(
    of_number text, for_lead uuid, in_zone text, minimum_gap interval, limits jsonb
) returns timestamptz
language plpgsql volatile
as $$
declare
    one record;
begin
    if (limits ->> 'per_person')::boolean then
        for one in select distinct h.number from dialer.phone h where h.lead = for_lead order by h.number loop
            if not pg_try_advisory_xact_lock(hashtextextended(one.number, 230)) then
                return now() + interval '5 seconds';
            end if;
        end loop;
    end if;
    return dialer.number_rests_until(of_number, for_lead, in_zone, minimum_gap, limits);
end
$$;

create or replace function dialer.number_rests_until(
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
                     -- Of two leads of his that one claim took together the first is called.
                     and not coalesce(v.xmin = pg_current_xact_id_if_assigned()::xid and v.lead > for_lead, false)
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
