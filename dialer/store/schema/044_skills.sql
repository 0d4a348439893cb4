-- What agents can do, and what a campaign needs of whoever takes its calls.

create table dialer.agent_skill (
    agent integer not null references dialer.agent,
    skill text not null check (skill ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
    level smallint not null check (level between 1 and 9),
    primary key (agent, skill)
);

alter table dialer.campaign
    add column skill text check (skill ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
    add column skill_level smallint not null default 1 check (skill_level between 1 and 9);
