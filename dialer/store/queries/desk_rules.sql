-- What holds for the desks of a project, and an order to show their content on.

-- name: of_project
select masks_numbers, needs_second_person from dialer.project where id = :project;

-- name: set
update dialer.project
set masks_numbers = :masks_numbers, needs_second_person = :needs_second_person
where id = :project
returning id;

-- name: sample
-- One order of the project: the last by its own name, else one of the newest list. Both are the end of an index.
(select l.id::text as lead, l.external_id, l.person, l.fields::text
 from dialer.lead l
 where l.project = :project and l.external_id is not null
 order by l.external_id desc
 limit 1)
union all
(select l.id::text as lead, '' as external_id, l.person, l.fields::text
 from dialer.lead l
 where l.list = (select max(id) from dialer.list where project = :project) and l.external_id is null
 order by coalesce(l.first_number, l.number)
 limit 1)
limit 1;

-- name: info_change
update dialer.project_info
set title = :title, body = :body, position = :position, changed_at = to_timestamp(:now), changed_by = :by
where project = :project and id = :id
returning id;
