-- What a campaign's strategy on a server had learned when it was last asked: read at the daemon's start.

create table dialer.strategy_memory (
    campaign integer not null references dialer.campaign,
    server text not null,
    strategy text not null,
    saved_at timestamptz not null,
    learned jsonb not null,
    primary key (campaign, server)
);
