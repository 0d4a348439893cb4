-- A project's zone is one that there is: days are counted in it, and a misspelt one ended the daemon at every start.
create function dialer.is_zone(name text) returns boolean
language plpgsql stable as $$
begin
    perform timestamptz 'epoch' at time zone name;
    return true;
exception when invalid_parameter_value then
    return false;
end
$$;

insert into dialer.audit (at, by, action, subject, detail)
select now(), 'dialer', 'project.zone', id::text, jsonb_build_object('zone', zone || ' → Europe/Moscow')
from dialer.project
where not dialer.is_zone(zone);

update dialer.project set zone = 'Europe/Moscow' where not dialer.is_zone(zone);

alter table dialer.project add constraint project_zone check (dialer.is_zone(zone));
