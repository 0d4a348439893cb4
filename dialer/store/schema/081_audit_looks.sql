-- The audit log is read by person and by subject as well as by time.
create index audit_by on dialer.audit (by, at);
create index audit_subject on dialer.audit (subject, at);
