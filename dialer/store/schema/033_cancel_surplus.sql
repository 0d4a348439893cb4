-- Surplus calls, that have rung for fifteen seconds though nobody will be free for them, may be hung up: an option.

alter table dialer.campaign add column cancel_surplus boolean not null default false;
