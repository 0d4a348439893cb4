scope as (
    select c.id as campaign, c.project
    from dialer.campaign c
    where c.id = any($1::integer[])
)
