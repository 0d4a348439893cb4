-- What holds for the desks of a project.
alter table dialer.project
    add column masks_numbers boolean not null default false, -- desks are never sent a whole number
    add column needs_second_person boolean not null default false; -- whoever wrote a version does not approve it
