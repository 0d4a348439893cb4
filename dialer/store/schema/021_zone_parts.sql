-- A lead may be bound by several zones at once (its number's and its address's): their names joined by `|`, one row here.
-- It is due when all of its parts are open.

alter table dialer.zone add column parts text[] not null
    generated always as (case when name = '' then array[''] else string_to_array(name, '|') end) stored;
