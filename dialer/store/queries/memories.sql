-- What strategies have learned. Instants are epoch seconds.

-- name: save
insert into dialer.strategy_memory as m (campaign, server, strategy, saved_at, learned)
select t.campaign, t.server, t.strategy, to_timestamp(t.at), t.learned::jsonb
from unnest(:campaigns::integer[], :servers::text[], :strategies::text[], :at::float8[], :learned::text[])
    as t (campaign, server, strategy, at, learned)
on conflict (campaign, server) do update
set strategy = excluded.strategy, saved_at = excluded.saved_at, learned = excluded.learned
where m.saved_at <= excluded.saved_at;

-- name: of
select m.campaign, m.server, m.strategy, extract(epoch from m.saved_at)::float8 as at, m.learned::text
from dialer.strategy_memory m
where m.campaign = any(:campaigns::integer[])
order by m.campaign, m.server;
