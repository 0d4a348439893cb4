-- The law profile under which a campaign calls. Campaigns that were there before keep to their own rules.
alter table dialer.campaign add column law text not null default 'custom'
    check (law in ('custom', 'ru_service', 'ru_ads', 'ru_collection', 'us_tsr', 'uk_ofcom'));
