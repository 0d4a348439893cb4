-- The campaign's ($1) attempts reserved in [$2, $3) (null: open) that are not in the sums of the days [$4, $5] of the zone
-- $6 before the watermark $7; they are in [$8, $9) and [$10, $11). A call that an agent disposed as a machine or a voice
-- assistant was not answered by a person; one that nobody joined counts as a person.
select a.lead, a.attempt_no, a.reserved_at, a.dialled_at, a.answered_at, a.bridged_at, a.ended_at, a.settled_at, a.outcome,
       a.disposition, a.uses_attempt, a.agent, a.abandoned, a.silent, a.caller_left, a.late_joined,
       a.answered_at is not null and coalesce(a.disposition, '') not in ('machine', 'assistant') as by_person,
       a.bridged_at is not null and not a.abandoned as connected,
       a.bridged_at is not null and not a.abandoned and coalesce(a.disposition, '') not in ('machine', 'assistant') as is_contact
from dialer.attempt a
where a.campaign = $1
  and a.reserved_at >= coalesce($2, '-infinity'::timestamptz) and a.reserved_at < coalesce($3, 'infinity'::timestamptz)
  and not (a.reserved_at < $7 and (a.reserved_at at time zone $6)::date between $4 and $5)
  -- An id tells its time: so only these months are read.
  and (a.id >= dialer.uuid7_floor($8::timestamptz - interval '1 hour') and a.id < dialer.uuid7_floor($9::timestamptz + interval '1 hour')
       or a.id >= dialer.uuid7_floor($10::timestamptz - interval '1 hour') and a.id < dialer.uuid7_floor($11::timestamptz + interval '1 hour'))
