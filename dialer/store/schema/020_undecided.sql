-- Leads that wait for a person, list by list: few among many.

create index lead_undecided on dialer.lead (list, id) where state = 'needs_decision';
