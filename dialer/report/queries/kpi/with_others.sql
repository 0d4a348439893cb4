-- The sums of attempts, and beside them the results of the person's other orders: of no attempt, by the day on which they
-- were given.
select a.*, 0 as others
from attempt_facts a
union all
select b.campaign, b.day, null, 0, null, '', b.disposition, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b.others
from by_agent b
where b.others > 0
