-- Reports find the leads that were looked at before the call; of all other attempts nothing is kept here.
create index attempt_preview on dialer.attempt (campaign, reserved_at) where previewer is not null;
