"""Results on their way out: events of the outbox to clients' webhooks, signed, in order per lead, at least once."""
