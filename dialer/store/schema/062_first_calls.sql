-- The first call to who has just asked for it: orders that come one by one through the API.

alter table dialer.list add column is_standing boolean not null default false;
update dialer.list set is_standing = true where name = 'api';

alter table dialer.lead
    add column is_fresh boolean not null default false, -- of a standing list: its first call is due within the campaign's time
    add column first_called_at timestamptz;

create index lead_fresh on dialer.lead (campaign, created_at) where is_fresh;
