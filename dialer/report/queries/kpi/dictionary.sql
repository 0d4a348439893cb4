-- What a disposition means in each campaign's project. An agreement: it ends the lead and is no refusal.
dictionary as (
    select distinct on (s.campaign, d.code) s.campaign, d.code, d.label, d.position, d.is_refusal,
           d.effect = 'done' and not d.is_refusal as is_agreement, d.effect = 'done' as is_result
    from scope s
    join dialer.disposition d on d.project = s.project or d.project is null
    order by s.campaign, d.code, d.project nulls last
)
