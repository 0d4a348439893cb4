-- Whom a project takes in.

-- name: of_project
select served_regions, repeat_days from dialer.project where id = :project;

-- name: of_campaign
select p.served_regions, p.repeat_days
from dialer.campaign c
join dialer.project p on p.id = c.project
where c.id = :campaign;

-- name: of_list
select p.served_regions, p.repeat_days
from dialer.list l
join dialer.project p on p.id = l.project
where l.id = :list;

-- name: set
update dialer.project set served_regions = :served::text[], repeat_days = :repeat_days where id = :project returning id;

-- name: came_lately
select n.number, n.lead::text as lead
from dialer.project p
cross join lateral dialer.numbers_since(p.id, :numbers::text::text[], now() - make_interval(days => p.repeat_days)) n
where p.id = :project;

-- name: states
select l.id::text as lead, l.state from dialer.lead l where l.id = any(:leads::text[]::uuid[]);
