-- More sums for reports: agents' time by the hour, the worst half hour of each day, the first contact of each lead. Kept by
-- the same watermark as `report_day`; dialer/report/rollup.py fills them.

create table dialer.report_time (
    hour timestamptz not null, -- a whole hour of UTC, summed a day after its end
    agent integer not null,
    state text not null,
    seconds numeric not null,
    primary key (hour, agent, state)
);

create table dialer.report_abandonment (
    campaign integer not null references dialer.campaign,
    day date not null, -- of the answer, in the project's zone; over for half an hour
    answered bigint not null,
    abandoned bigint not null,
    worst_30min float8, -- null: no half hour held enough answers
    primary key (campaign, day)
);

create table dialer.report_contact (
    lead uuid primary key,
    campaign integer not null,
    minutes integer -- from the receipt to the first contact, rounded up to a step; null: later than the last
);

-- Where sums are kept already they are summed anew by the daemon: a hundred hours of the past a minute.
do $$
begin
    if to_regclass('dialer.report_day') is not null then
        truncate dialer.report_day, dialer.report_agent;
        update dialer.report_watermark set summed_until = '-infinity';
    end if;
end
$$;
