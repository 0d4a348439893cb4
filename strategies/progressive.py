"""Progressive: one call for each free agent, never more. Nobody who answers can find all agents busy."""

from strategies.base import Decision, Observation, Snapshot


class Progressive:
    """Calls in flight, answered ones included, never outnumber the free agents."""

    name = "progressive"

    def decide(self, snapshot: Snapshot) -> Decision:
        in_flight = len(snapshot.ringing_calls) + snapshot.waiting_calls
        calls = max(0, snapshot.free_agents - in_flight)
        return Decision(
            calls_to_start=calls,
            wished=calls,
            strategy=self.name,
            reason=(
                f"свободно {snapshot.free_agents}, звонят {len(snapshot.ringing_calls)}, "
                f"ждут {snapshot.waiting_calls} → набрать {calls}"
            ),
            inputs=(
                ("free_agents", snapshot.free_agents),
                ("ringing_calls", len(snapshot.ringing_calls)),
                ("waiting_calls", snapshot.waiting_calls),
            ),
        )

    def observe(self, observation: Observation) -> None:
        """Nothing to learn: the rule has no forecast."""
