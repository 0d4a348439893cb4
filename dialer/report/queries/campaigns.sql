-- Campaigns of this name ($1), or the one of this number ($2).
select c.id, c.name, p.name as project, p.zone, c.mode, c.state, c.ceiling_ratio::float8
from dialer.campaign c
join dialer.project p on p.id = c.project
where c.name = $1 or c.id = $2
order by c.id
