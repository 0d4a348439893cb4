-- Leads of a campaign ($1) that may still be called.
select count(*) as leads from dialer.lead where campaign = $1 and state in ('ready', 'waiting') and not held
