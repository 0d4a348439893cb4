-- A phone in the agent's browser: the daemon makes its secret, and the page may be given it.

alter table dialer.agent_phone add column browser boolean not null default false;
