-- What waits is taken by the machine that it goes to (0: the mail server, else a project's gateway), so that a slow one
-- holds up nothing but its own; what is in hand is few, and is looked for by itself.
create index notice_waiting on dialer.notice ((case channel when 'email' then 0 else project end), next_try_at)
where state = 'waiting';
create index notice_in_hand on dialer.notice (next_try_at) where state = 'sending';
drop index dialer.notice_due;
