-- Users, tokens, sessions, one-time links, audit. Instants are epoch seconds.

-- name: add_user
insert into dialer.app_user (name, role, agent, password, created_at)
values (:name, :role, :agent, :password, to_timestamp(:at))
returning id;

-- name: set_projects
with left_out as (
    delete from dialer.app_user_project where app_user = :user and project <> all(:projects::integer[])
)
insert into dialer.app_user_project (app_user, project)
select :user, p from unnest(:projects::integer[]) as p
on conflict do nothing;

-- name: change_user
update dialer.app_user set role = :role, agent = :agent where name = :name returning id;

-- name: reset
-- Shut out of everything he holds, until the new link is used.
with changed as (
    update dialer.app_user set password = null where id = :user
), ended as (
    delete from dialer.web_session where app_user = :user
)
delete from dialer.login_link where app_user = :user;

-- name: users
select u.id, u.name, u.role, u.agent, u.password is not null as has_password, u.is_disabled,
       array(select p.project from dialer.app_user_project p where p.app_user = u.id) as projects
from dialer.app_user u
where :names::text[] is null or u.name = any(:names::text[])
order by u.name;

-- name: password_of
select u.id, u.password from dialer.app_user u where u.name = :name and not u.is_disabled;

-- name: password_by_id
select u.password from dialer.app_user u where u.id = :user and not u.is_disabled;

-- name: set_password
-- Every session but the one at hand ends, and so do links that were not yet used.
with changed as (
    update dialer.app_user set password = :password where id = :user
), ended as (
    delete from dialer.web_session where app_user = :user and digest is distinct from :but::bytea
)
delete from dialer.login_link where app_user = :user;

-- name: disable
with changed as (
    update dialer.app_user set is_disabled = :is_disabled where name = :name returning id
), ended as (
    delete from dialer.web_session s using changed c where s.app_user = c.id and :is_disabled
)
select id from changed;

-- name: open_session
with old as (
    delete from dialer.web_session where expires_at <= to_timestamp(:at)
)
insert into dialer.web_session (digest, app_user, created_at, expires_at)
values (:digest, :user, to_timestamp(:at), to_timestamp(:expires_at));

-- name: close_session
delete from dialer.web_session where digest = :digest;

-- name: by_session
select u.id, u.name, u.role, u.agent, u.password is not null as has_password,
       array(select p.project from dialer.app_user_project p where p.app_user = u.id) as projects
from dialer.web_session s
join dialer.app_user u on u.id = s.app_user
where s.digest = :digest and s.expires_at > to_timestamp(:at) and not u.is_disabled;

-- name: add_link
with old as (
    delete from dialer.login_link where expires_at <= to_timestamp(:at)
)
insert into dialer.login_link (digest, app_user, created_at, expires_at)
values (:digest, :user, to_timestamp(:at), to_timestamp(:expires_at));

-- name: use_link
-- Spent in the statement that reads it: two at once cannot both have it.
with used as (
    delete from dialer.login_link where digest = :digest returning app_user, expires_at
)
select u.name
from used
join dialer.app_user u on u.id = used.app_user
where used.expires_at > to_timestamp(:at) and not u.is_disabled;

-- name: add_token
insert into dialer.token (app_user, label, digest, scopes, created_at, expires_at)
values (:user, :label, :digest, :scopes, to_timestamp(:at), to_timestamp(:expires_at))
returning id;

-- name: tokens
select t.id, u.name as user, t.label, t.scopes, extract(epoch from t.created_at)::float8 as created_at,
       extract(epoch from t.expires_at)::float8 as expires_at, t.revoked_at is not null as is_revoked
from dialer.token t
join dialer.app_user u on u.id = t.app_user
where :name::text is null or u.name = :name
order by t.id;

-- name: revoke_token
update dialer.token set revoked_at = to_timestamp(:at) where id = :id and revoked_at is null returning id;

-- name: by_token
select u.id, u.name, u.role, u.agent, u.password is not null as has_password, t.scopes,
       array(select p.project from dialer.app_user_project p where p.app_user = u.id) as projects
from dialer.token t
join dialer.app_user u on u.id = t.app_user
where t.digest = :digest and t.revoked_at is null and not u.is_disabled
  and (t.expires_at is null or t.expires_at > to_timestamp(:at));

-- name: audit
insert into dialer.audit (at, by, action, subject, detail)
values (to_timestamp(:at), :by, :action, :subject, :detail::text::jsonb);

-- name: audited
select extract(epoch from at)::float8 as at, by, action, subject, detail::text
from dialer.audit
order by at desc
limit :count;
