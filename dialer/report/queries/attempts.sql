-- A lead's ($1) attempts in order, without the number.
select a.attempt_no, a.reserved_at, a.trunk, a.outcome, a.reason, a.disposition, a.agent, a.abandoned, a.uses_attempt
from dialer.attempt a
where a.lead = $1
order by a.reserved_at, a.id
