-- The pacing log, read. Instants are epoch seconds.

-- name: latest
select d.campaign, d.server, extract(epoch from d.at)::float8 as at, d.strategy, d.calls_to_start, d.wished, d.reason,
       d.inputs::text, d.limited_by
from dialer.decision d
where d.campaign = :campaign
order by d.at desc, d.server
limit :bound;

-- name: in_force
-- The last of each server that was told by then: a day back at most, for what is older holds no more.
select distinct on (d.server) d.campaign, d.server, extract(epoch from d.at)::float8 as at, d.strategy,
       d.calls_to_start, d.wished, d.reason, d.inputs::text, d.limited_by
from dialer.decision d
where d.campaign = :campaign and d.at <= to_timestamp(:at) and d.at > to_timestamp(:at) - interval '1 day'
order by d.server, d.at desc;
