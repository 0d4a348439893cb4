-- How large a part of all trunks' lines the calls of a project may take at once; null: all of them.
alter table dialer.project
    add column lines_share numeric check (lines_share > 0 and lines_share <= 1);
