"""Requests to other people's machines: guarded addresses, bounded answers, a circuit breaker. Any room may use it."""
