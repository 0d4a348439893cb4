-- The four sums of each import: together they are the rows that were read.
select name, accepted, duplicate, needs_decision, rejected, rejected_reasons
from dialer.list
where campaign = $1
order by created_at, id
