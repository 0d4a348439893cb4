-- Sums for the report of one campaign, for the reach of the numbers that are shown, and agents' time by whole days. Kept by
-- the same watermark as `report_day`; dialer/report/rollup.py fills them, and its queries say what each column means.

-- So that leads can be told apart over any days: how many had such an attempt on a day, by the day of the last such one
-- before. Leads of the days [a, b] are those of these days whose `last_day` is null or before a.
create table dialer.report_lead (
    campaign integer not null references dialer.campaign,
    day date not null, -- of the claim, in the project's zone
    attempt_no smallint not null, -- such: counted attempts of this number; 0: all attempts
    is_contact boolean not null, -- such: that were a contact
    last_day date, -- null: it was the first one
    leads integer not null,
    unique nulls not distinct (campaign, day, attempt_no, is_contact, last_day)
);

create table dialer.report_wait (
    campaign integer not null references dialer.campaign,
    day date not null,
    first_at timestamptz not null, -- the day's first claim
    last_at timestamptz not null, -- the end of its last attempt
    waits_s float8[] not null, -- from the answer to the agent's voice, of each call that was joined in time
    primary key (campaign, day)
);

create table dialer.report_late (
    campaign integer not null references dialer.campaign,
    day date not null,
    agent integer not null,
    talk_s numeric not null, -- in calls that were joined late, which `report_agent` does not hold
    primary key (campaign, day, agent)
);

create table dialer.report_caller (
    campaign integer not null references dialer.campaign,
    hour timestamptz not null, -- a whole hour of UTC
    caller text, -- the number that was shown
    dialled integer not null,
    answered integer not null,
    blocked integer not null,
    rejected integer not null,
    no_answer integer not null,
    unique nulls not distinct (campaign, hour, caller)
);

create table dialer.report_time_day (
    day date not null, -- of UTC: the hours of `report_time` added up
    agent integer not null,
    state text not null,
    seconds numeric not null,
    primary key (day, agent, state)
);

-- States that lasted longer than the day of each that `report_time` holds.
create table dialer.report_long_state (
    agent integer not null,
    since timestamptz not null,
    until timestamptz not null,
    state text not null,
    primary key (agent, since)
);

-- Where sums are kept already they are summed anew by the daemon: a hundred hours of the past a minute.
do $$
begin
    if to_regclass('dialer.report_day') is not null then
        truncate dialer.report_day, dialer.report_agent, dialer.report_time, dialer.report_abandonment, dialer.report_contact;
        update dialer.report_watermark set summed_until = '-infinity';
    end if;
end
$$;
