-- The agent's desk: scripts and result forms by version, what was typed, promised calls, project information.

-- An approved version is never changed: attempts refer to it. A correction is a new version.
create table dialer.content_version (
    id integer generated always as identity primary key,
    project integer not null references dialer.project,
    kind text not null check (kind in ('script', 'form')),
    version integer not null check (version > 0),
    body jsonb not null,
    note text not null default '',
    made_at timestamptz not null,
    made_by text not null,
    approved_at timestamptz,
    approved_by text,
    unique (project, kind, version),
    check ((approved_at is null) = (approved_by is null))
);

-- A campaign takes the newest approved version of its project, or keeps to this one.
alter table dialer.campaign
    add column script_version integer,
    add column form_version integer;

-- What the agent was shown, pinned at the first look: a page that is loaded again shows the same, and so does the past.
create table dialer.attempt_content (
    attempt uuid primary key,
    script integer references dialer.content_version,
    form integer references dialer.content_version
) partition by range (attempt);

create table dialer.attempt_content_other partition of dialer.attempt_content default;

-- Every edit of a form with its moment, the newest being the value. An edit that comes twice is one: its key is whole.
create table dialer.form_edit (
    attempt uuid not null,
    lead uuid not null,
    field text not null check (length(field) between 1 and 40),
    at timestamptz not null,
    value text not null check (length(value) <= 4000),
    agent integer not null,
    primary key (attempt, lead, field, at)
) partition by range (attempt);

create table dialer.form_edit_other partition of dialer.form_edit default;

-- The fields of a form as they stand; those that begin with a dot are the desk's own.
create function dialer.form_values(of_attempt uuid, of_lead uuid) returns jsonb
language sql stable
return (
    select coalesce(jsonb_object_agg(f.field, f.value), '{}')
    from (
        select distinct on (e.field) e.field, e.value
        from dialer.form_edit e
        where e.attempt = of_attempt and e.lead = of_lead
        order by e.field, e.at desc
    ) f
    where f.value <> ''
);

-- The results of the person's other orders, given in the same talk.
create table dialer.order_result (
    attempt uuid not null,
    lead uuid not null,
    disposition text not null,
    at timestamptz not null,
    primary key (attempt, lead)
) partition by range (attempt);

create table dialer.order_result_other partition of dialer.order_result default;

-- Calls that were promised; `agent` where he promised to call himself. The lead's own next_call_at says the same moment.
create table dialer.callback (
    lead uuid primary key,
    attempt uuid not null,
    call_at timestamptz not null,
    agent integer references dialer.agent,
    made_at timestamptz not null
);

alter table dialer.disposition
    add column needs_form boolean not null default false,
    drop constraint disposition_effect_check,
    add constraint disposition_effect_check check (effect in
        ('done', 'retry', 'call_back', 'call_back_now', 'wrong_number', 'do_not_call', 'supervisor'));

update dialer.disposition set effect = 'call_back' where code = 'call_later' and effect = 'retry';
update dialer.disposition set needs_form = true where code = 'agreed' and effect = 'done';

-- What an agent may look up while he talks: buy-out, fitting, returns. Ё is found by е, and a word by its beginning.
create table dialer.project_info (
    id integer generated always as identity primary key,
    project integer not null references dialer.project,
    title text not null check (title <> ''),
    body text not null,
    position integer not null default 0,
    changed_at timestamptz not null,
    changed_by text not null,
    words tsvector not null generated always as (
        setweight(to_tsvector('russian'::regconfig, translate(lower(title), 'ё', 'е')), 'A')
        || to_tsvector('russian'::regconfig, translate(lower(body), 'ё', 'е'))
    ) stored,
    unique (project, title)
);

create index project_info_words on dialer.project_info using gin (words);
