-- What clipped the strategy's wish (lines, calls per second, share, ceiling, …), in one word; empty where nothing did.

alter table dialer.decision add column limited_by text not null default '';
