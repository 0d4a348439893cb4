-- Notices that were over long ago are looked for by when that was.
create index notice_done on dialer.notice (done_at) where done_at is not null;
