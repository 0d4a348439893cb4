-- The numbers that a project shows to those whom it calls, and what becomes of calls under each of them.

create table dialer.caller (
    id integer generated always as identity primary key,
    project integer not null references dialer.project,
    number text not null check (number ~ '^[0-9+]{3,16}$'),
    name text not null check (name <> ''), -- by which metrics and reports tell it: they hold no numbers
    label text not null default '' check (length(label) <= 32), -- what the subscriber's telephone shows
    contract text not null default '', -- with the operator, for the label
    label_from date,
    label_until date, -- both inclusive; null: open
    regions text[] not null default '{}', -- whose leads see it; empty: those of every region that has none of its own
    trunks text[] not null default '{}', -- that let it be shown; empty: all
    is_active boolean not null default true,
    unique (project, number),
    unique (project, name),
    check (label_from <= label_until)
);

alter table dialer.lead add column caller text; -- shown at the last call: the next one shows the same

alter table dialer.campaign add column needs_label boolean not null default false; -- also where its law does not ask it

-- The operator itself refused to carry the call (as unwanted, or for the number it came from).
alter table dialer.attempt
    drop constraint attempt_outcome_check,
    add constraint attempt_outcome_check check (outcome in
        ('answered', 'abandoned', 'busy', 'no_answer', 'rejected', 'invalid', 'unavailable', 'blocked', 'congestion',
         'trunk_down', 'cancelled', 'failed_here', 'not_sent', 'unknown_not_redialled', 'lost'));
