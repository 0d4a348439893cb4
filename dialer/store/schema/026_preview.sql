-- Preview: an agent looks at a lead before it is called, and has the call started himself.

alter table dialer.campaign
    add column preview_s numeric not null default 120 check (preview_s > 0),
    add column preview_skip_s numeric not null default 900 check (preview_skip_s >= 0);

-- Whose the lead was to look at; `previewing` until he asks for the call: then it was surely not dialled.
alter table dialer.attempt add column previewer integer;
alter table dialer.attempt drop constraint attempt_state_check;
alter table dialer.attempt add constraint attempt_state_check check (
    state in ('previewing', 'intended', 'dialled', 'ringing', 'answered', 'talking', 'wrap_up', 'settled')
) not valid; -- every row met the narrower one: years of attempts need not be read again

alter table dialer.agent_session drop constraint agent_session_state_check;
alter table dialer.agent_session add constraint agent_session_state_check check (
    state in ('offline', 'calling', 'ready', 'previewing', 'reserved', 'talking', 'wrap_up', 'paused', 'lost')
);
