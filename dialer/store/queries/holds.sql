-- How long customers waited on hold. Instants are epoch seconds.

-- name: book
-- The same rows may come twice.
insert into dialer.hold (attempt, agent, since, until)
select attempt, agent, to_timestamp(since), to_timestamp(greatest(since, until))
from unnest(:attempts::uuid[], :agents::integer[], :since::float8[], :until::float8[])
    as t (attempt, agent, since, until)
on conflict do nothing
