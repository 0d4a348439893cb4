-- Partitions by month, made ahead of time. Each table also has one for everything else: a clock that is off loses no row.

create function dialer.uuid7_floor(at timestamptz) returns uuid
language sql immutable
as $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

create table dialer.attempt_other partition of dialer.attempt default;
create table dialer.agent_state_log_other partition of dialer.agent_state_log default;
create table dialer.decision_other partition of dialer.decision default;

-- Makes what is missing, for every partitioned table, from the month of `since` on, `months` of them; tells how many were
-- made. A table's other partition is named `<table>_other`. Attaching locks no reader or writer of the parent; rows
-- that came before their month's table are moved into it.
create function dialer.make_partitions(since timestamptz, months integer) returns integer
language plpgsql
as $$
declare
    opens timestamptz;
    closes timestamptz;
    parent record;
    low text;
    high text;
    name text;
    made integer := 0;
begin
    for step in 0 .. months - 1 loop
        opens := (date_trunc('month', since at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
        closes := (opens at time zone 'UTC' + interval '1 month') at time zone 'UTC';
        for parent in
            select c.relname as name, a.attname as key, a.atttypid = 'uuid'::regtype as is_uuid
            from pg_partitioned_table p
            join pg_class c on c.oid = p.partrelid
            join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
            where c.relnamespace = 'dialer'::regnamespace
            order by c.relname
        loop
            name := format('%s_%s', parent.name, to_char(opens at time zone 'UTC', 'YYYY_MM'));
            continue when to_regclass('dialer.' || name) is not null;
            low := case when parent.is_uuid then dialer.uuid7_floor(opens)::text else opens::text end;
            high := case when parent.is_uuid then dialer.uuid7_floor(closes)::text else closes::text end;
            -- Room on the page for a row's later versions, where rows are changed (the ledger's, by id).
            execute format('create table dialer.%I (like dialer.%I including defaults including constraints) with (fillfactor = %s)',
                name, parent.name, case when parent.is_uuid then 70 else 100 end);
            execute format('with early as (delete from dialer.%1$I where %2$I >= %3$L and %2$I < %4$L returning *) '
                'insert into dialer.%5$I select * from early', parent.name || '_other', parent.key, low, high, name);
            execute format('alter table dialer.%I attach partition dialer.%I for values from (%L) to (%L)',
                parent.name, name, low, high);
            made := made + 1;
        end loop;
    end loop;
    return made;
end
$$;
