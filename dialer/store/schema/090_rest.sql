-- Rest between an agent's calls: seconds at least, and the largest part of his time that he may be at work.
alter table dialer.campaign
    add column rest_s numeric not null default 0 check (rest_s >= 0),
    add column max_occupancy numeric not null default 1 check (max_occupancy > 0 and max_occupancy <= 1);
