-- What a column of a list was taken for by hand: the next file of the project with the same header is read so by itself.
create table dialer.column_choice (
    project integer not null references dialer.project,
    header text not null check (header <> ''), -- folded: case, ё and punctuation do not tell headers apart
    meaning text not null, -- empty: a free field, whatever its name
    primary key (project, header)
);
