-- Sums by agent, and of the results of a person's other orders, given in the same talk.
create table dialer.report_agent (
    campaign integer not null references dialer.campaign,
    day date not null, -- of the claim, or of the other order's result, in the project's zone
    agent integer not null,
    disposition text not null,
    calls integer not null, -- joined with him in time
    contacts integer not null,
    others integer not null,
    talk_s numeric not null,
    primary key (campaign, day, agent, disposition)
);

-- Where sums are kept already they are summed anew by the daemon: a hundred hours of the past a minute.
do $$
begin
    if to_regclass('dialer.report_day') is not null then
        truncate dialer.report_day;
        update dialer.report_watermark set summed_until = '-infinity';
    end if;
end
$$;
