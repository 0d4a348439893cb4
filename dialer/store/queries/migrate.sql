-- What the runner of migrations asks. Parameters are :named.

-- name: try_lock
select pg_try_advisory_lock(:key);

-- name: unlock
select pg_advisory_unlock(:key);

-- name: is_prepared
select to_regclass('dialer.schema_migration') is not null;

-- name: prepare
do $$
begin
    create schema if not exists dialer;
    create table if not exists dialer.schema_migration (
        version integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
    );
end
$$;

-- name: applied
select version, name, checksum from dialer.schema_migration order by version;

-- name: record
insert into dialer.schema_migration (version, name, checksum) values (:version, :name, :checksum);

-- name: make_partitions
select dialer.make_partitions(to_timestamp(:now), :months);
