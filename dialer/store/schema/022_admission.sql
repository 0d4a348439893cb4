-- Whom a project takes in: the regions it serves, and within how many days the same number is a repeat.

alter table dialer.project
    add column served_regions text[] check (cardinality(served_regions) > 0), -- our table's names; null: all of Russia
    add column repeat_days smallint not null default 0 check (repeat_days between 0 and 366); -- 0: a number may come again
