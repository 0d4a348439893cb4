-- Sums of settled attempts by all that reports tell apart: what a report over months reads instead of the ledger.

-- A settled attempt never changes, so what has gone in stays true. What is younger than the watermark is read from the
-- ledger itself. Filled by dialer/report/rollup.py, whose query says what each column means.
create table dialer.report_day (
    campaign integer not null references dialer.campaign,
    day date not null, -- of the claim, in the project's zone
    cohort date, -- of the first attempt in the lead's work cycle that counted
    attempt_no smallint not null,
    age_min integer, -- from the receipt of the order to this attempt, rounded up to a step; null: later than the last
    outcome text not null,
    disposition text not null,
    attempts integer not null,
    counted integer not null, -- against the lead's attempts
    dialled integer not null,
    answered integer not null,
    by_person integer not null,
    connected integer not null,
    contacts integer not null,
    first_contacts integer not null, -- of the work cycle
    abandoned integer not null,
    silent integer not null,
    caller_left integer not null,
    late_joined integer not null,
    talk_s numeric not null,
    started_minutes integer not null,
    unique nulls not distinct (campaign, day, cohort, attempt_no, age_min, outcome, disposition)
);

create index report_day_cohort on dialer.report_day (campaign, cohort);

-- Attempts reserved before this instant are in `report_day`, all of them and once.
create table dialer.report_watermark (
    only_one boolean primary key default true check (only_one),
    summed_until timestamptz not null
);

insert into dialer.report_watermark (summed_until) values ('-infinity');
