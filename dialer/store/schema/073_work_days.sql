-- The operator's own corrections to the production calendar: what a decree or a regional holiday changed.
create table dialer.work_day (
    day date primary key,
    works boolean not null, -- one works on this day; false: it is a day off
    reason text not null check (reason <> ''),
    set_by text not null,
    set_at timestamptz not null
);
