-- How many calls a second a campaign may start, over all trunks; null: as many as trunks and servers allow.
alter table dialer.campaign
    add column calls_per_second numeric(7, 3) check (calls_per_second > 0);
