-- What columns of a project's lists were taken for by hand.

-- name: of_campaign
select k.header, k.meaning
from dialer.campaign c
join dialer.column_choice k on k.project = c.project
where c.id = :campaign;

-- name: keep
insert into dialer.column_choice as k (project, header, meaning)
select c.project, t.header, t.meaning
from dialer.campaign c
cross join unnest(:headers::text[], :meanings::text[]) as t (header, meaning)
where c.id = :campaign
on conflict (project, header) do update set meaning = excluded.meaning;
