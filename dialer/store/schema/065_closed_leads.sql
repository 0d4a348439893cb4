-- A lead that is over without a call at that moment (expired, cancelled, not to be called, refused by a person) is told
-- as one that a call has ended is.

create function dialer.closed_event(l dialer.lead) returns jsonb
language sql stable
return jsonb_build_object(
    'lead', l.id, 'campaign', l.campaign, 'external_id', l.external_id, 'lead_state', l.state, 'reason', l.reason,
    'attempts', l.attempts, 'closed_at', extract(epoch from l.closed_at)
);
