-- Who has just asked for a call himself may be called outside the hours, where campaign and law allow it.

alter table dialer.lead add column asked_at timestamptz; -- of his own request; null: he did not ask, or nobody said when

alter table dialer.attempt add column hours_waived boolean not null default false;

create index lead_asked on dialer.lead (campaign, asked_at)
    where asked_at is not null and state in ('ready', 'waiting') and not held;

-- Whether a number must not be called. Volatile on purpose, as `number_rests_until` is: it sees what was forbidden while
-- the statement that asks was running.
create function dialer.is_forbidden(of_number text, in_project integer) returns boolean
language plpgsql volatile
as $$
begin
    return exists (
        select from dialer.do_not_call d
        where d.number = of_number and (d.project is null or d.project = in_project)
    );
end
$$;
