-- Who promised to make this call himself and still has his time for it; null: anybody may make it.
create function dialer.promised_to(of_lead uuid, at timestamptz) returns integer
language sql stable
begin atomic
    select b.agent
    from dialer.callback b
    join dialer.lead l on l.id = b.lead
    join dialer.campaign c on c.id = l.campaign
    where b.lead = of_lead and b.called_at is null
      and b.call_at > at - make_interval(secs => coalesce((c.rules ->> 'shared_after_s')::float8, 300));
end;

create function dialer.is_promised_to_another(of_lead uuid, agents integer[], at timestamptz) returns boolean
language sql stable
begin atomic
    select exists (
        select from (select dialer.promised_to(of_lead, at) as agent) p where p.agent is not null and p.agent <> all(agents)
    );
end;
