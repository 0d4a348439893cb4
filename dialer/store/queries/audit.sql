-- The audit log, read and written by the batch. Instants are epoch seconds.

-- name: find
select extract(epoch from a.at)::float8 as at, a.by, a.action, a.subject, a.detail::text
from dialer.audit a
where (:since::float8 is null or a.at >= to_timestamp(:since))
  and (:before::float8 is null or a.at < to_timestamp(:before))
  and (:by::text = '' or a.by = :by)
  and (:action::text = '' or a.action = :action or starts_with(a.action, :action || '.'))
  and (:subject::text = '' or a.subject = :subject)
  and (:kind::text = 'all' or (:kind = 'looks') = (a.action like '%.look' or a.action = 'call.listen'))
order by a.at desc
limit :bound;

-- name: put
-- An agent stands there by the name with which he signed in, where he has one.
insert into dialer.audit (at, by, action, subject, detail)
select to_timestamp(t.at), coalesce(u.name, t.by), t.action, t.subject, t.detail::jsonb
from unnest(:at::float8[], :by::text[], :actions::text[], :subjects::text[], :details::text[])
    as t (at, by, action, subject, detail)
left join dialer.app_user u on t.by = 'agent:' || u.agent::text;
