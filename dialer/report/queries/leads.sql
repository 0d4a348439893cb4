-- Where the leads stand now.
select state, count(*) as leads
from dialer.lead
where campaign = $1
group by state
order by leads desc, state
