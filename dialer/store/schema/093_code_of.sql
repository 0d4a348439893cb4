-- Why an order is over, without the words of whoever cancelled it: codes stay as they are.
create function dialer.code_of(reason text) returns text
language sql immutable
return case when reason ~ '^[a-z0-9_]{0,40}$' then reason when reason is not null then 'cancelled' end;
