-- Personal data have a term. What is known of a forgotten number (limits, do-not-call) is kept under a keyed digest, whose
-- key is not in the database, until the number comes again.

-- Null: by this rule nothing is forgotten.
alter table dialer.project
    add column forget_delivered_days smallint check (forget_delivered_days between 1 and 3650),
    add column forget_closed_days smallint check (forget_closed_days between 1 and 3650);

alter table dialer.lead
    add column closed_at timestamptz, -- since when it is over: done, refused or expired
    add column forget_for text, -- who carried out the person's demand to be forgotten
    add column forgotten_at timestamptz;

update dialer.lead l
set closed_at = greatest(l.created_at, least(l.next_call_at, now()))
where l.state in ('done', 'refused', 'expired');

-- By a trigger, so that no statement that closes a lead can leave it out. (None comes into the books closed.)
create function dialer.note_closing() returns trigger
language plpgsql
as $$
begin
    new.closed_at := case when new.state in ('done', 'refused', 'expired') then now() end;
    return new;
end
$$;

create trigger lead_is_closed before update of state on dialer.lead
    for each row when ((new.state in ('done', 'refused', 'expired')) <> (old.state in ('done', 'refused', 'expired')))
    execute function dialer.note_closing();

create index lead_remembered on dialer.lead (project, closed_at, id) where closed_at is not null and forgotten_at is null;

create index lead_to_forget on dialer.lead (id) where forget_for is not null and forgotten_at is null;

-- An order is on the card of another call too: its edits are then under that call's attempt.
create index form_edit_lead on dialer.form_edit (lead);
create index outbox_lead on dialer.outbox (lead);

-- Keys under which digests are kept, by name: whoever lacks one of them does not know those people again.
create table dialer.forgotten_key (
    id text primary key,
    since timestamptz not null
);

-- What `called_number` held.
create table dialer.forgotten_number (
    digest bytea primary key,
    key text not null references dialer.forgotten_key,
    lead uuid not null,
    called_at timestamptz not null,
    abandoned_at timestamptz,
    calls timestamptz[] not null,
    calls_ever integer not null
);

-- What `do_not_call` held.
create table dialer.forgotten_do_not_call (
    digest bytea not null,
    key text not null references dialer.forgotten_key,
    project integer references dialer.project,
    created_at timestamptz not null,
    unique nulls not distinct (digest, project)
);

-- The proof: what was erased, when and by which rule. It holds nothing of the person, and is never deleted.
create table dialer.forgetting (
    lead uuid primary key,
    project integer not null,
    at timestamptz not null,
    rule text not null check (rule in ('delivered', 'closed', 'demand')),
    days smallint, -- the term that was over
    by text not null,
    erased jsonb not null -- rows by table
);

create index forgetting_project on dialer.forgetting (project, at, lead);
