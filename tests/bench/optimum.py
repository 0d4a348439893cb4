"""`python -m tests.bench.optimum`: how near judging a call by its own risk comes to the best that any rule can do.

A team small enough to be solved: calls end after an exponential time, a share of them answered by a person, agents
are busy for an exponential time, and who is answered while all are busy is abandoned at once. Every rule says how many
calls shall ring for each number of busy agents and ringing calls. The best of all of them under a ceiling is found by
policy iteration on occupancy less a price for each abandoned call (Howard, 1960; a constraint mixes two such rules:
Altman, Constrained Markov Decision Processes, 1999), and held against the rules that start a call while its own risk,
the chance that it is answered when nobody is free, is at most theta.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CELLS = ((3, 0.3), (3, 0.5), (5, 0.3), (5, 0.15), (10, 0.3))
CEILINGS = (0.01, 0.03, 0.05)
HIGHEST_PRICE = 1e4
HALVINGS = 60

Rule = NDArray[np.int64]
"""By busy agents and ringing calls: how many calls ring once this rule has started its own."""


class Course(NamedTuple):
    """What a rule comes to in the long run: people a second, and busy agents as a ratio 0..1."""

    answered: float
    abandoned: float
    occupancy: float

    def over(self, ceiling: float) -> float:
        """Abandoned a second beyond this ceiling; negative: room that is left."""
        return self.abandoned - ceiling * self.answered


@dataclass(frozen=True)
class Team:
    """Agents, the share of calls that a person answers, seconds that a call rings and that an agent is busy."""

    agents: int
    answer_ratio: float
    ringing_s: float = 17.0
    busy_s: float = 105.0

    @property
    def most_ringing(self) -> int:
        """So many calls are more than any rule under a ceiling of a few per cent lets ring."""
        return 3 + int(1.6 * self.agents**0.8 / self.answer_ratio**0.8)

    @property
    def shape(self) -> tuple[int, int]:
        return self.agents + 1, self.most_ringing + 1

    def solved(self, rule: Rule, gained: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """What is gained a second in the long run where each state gains this, and what each state is worth besides."""
        states = rule.size
        number = np.arange(states).reshape(self.shape)
        flow = np.zeros((states, states))
        for busy, ringing in np.ndindex(*self.shape):
            here = number[busy, ringing]
            taken = min(self.agents, busy + 1)
            answers = ringing * self.answer_ratio / self.ringing_s
            for rate, then in (
                (busy / self.busy_s, (max(busy - 1, 0), ringing)),
                (answers, (taken, max(ringing - 1, 0))),
                (ringing / self.ringing_s - answers, (busy, max(ringing - 1, 0))),
            ):
                flow[here, number[then[0], rule[then]]] += rate
                flow[here, here] -= rate
        # Where nothing rings and nobody is busy nothing happens: the rule looks again after a second.
        flow[0, 0] -= 1.0
        flow[0, number[0, rule[0, 0]]] += 1.0
        # gained - mean + flow @ worth = 0, worth of the first state 0: the mean takes its column.
        flow[:, 0] = -1.0
        solution = np.linalg.solve(flow, -gained.ravel())
        mean = float(solution[0])
        solution[0] = 0.0
        return mean, solution.reshape(self.shape)

    def occupied(self) -> NDArray[np.float64]:
        """By state: the share of agents who are busy."""
        busy, _ = np.indices(self.shape)
        return np.asarray(busy / self.agents, float)

    def answered(self) -> NDArray[np.float64]:
        """By state: people who answer, a second."""
        _, ringing = np.indices(self.shape)
        return np.asarray(ringing * self.answer_ratio / self.ringing_s, float)

    def abandoned(self) -> NDArray[np.float64]:
        """By state: those of them who find nobody, a second."""
        busy, _ = np.indices(self.shape)
        return np.where(busy == self.agents, self.answered(), 0.0)

    def course(self, rule: Rule) -> Course:
        """What this rule comes to."""
        return Course(
            *(self.solved(rule, gained)[0] for gained in (self.answered(), self.abandoned(), self.occupied()))
        )

    def best(self, price: float, ceiling: float) -> Rule:
        """The rule of the highest occupancy less this price for each call abandoned over the ceiling."""
        gained = self.occupied() - price * (self.abandoned() - ceiling * self.answered())
        busy, ringing = np.indices(self.shape)
        rule: Rule = np.maximum(ringing, self.agents - busy)
        while True:
            _, worth = self.solved(rule, gained)
            better: Rule = np.stack(
                [row + worth[:, row:].argmax(axis=1) for row in range(self.most_ringing + 1)], axis=1
            )
            tied = np.take_along_axis(worth, better, 1) <= np.take_along_axis(worth, rule, 1) + 1e-9
            better = np.where(tied, rule, better)
            if (better == rule).all():
                return rule
            rule = better

    def risks(self) -> NDArray[np.float64]:
        """By busy agents and calls that ring already: the chance that one more is answered when nobody is free, if a
        person answers it."""
        risks = np.zeros(self.shape)
        busy = np.arange(self.agents + 1)
        for ringing in range(self.most_ringing + 1):
            ends = (ringing + 1) / self.ringing_s
            system = np.diag(busy / self.busy_s + ends) - np.diag(busy[1:] / self.busy_s, -1)
            known = (busy == self.agents) / self.ringing_s
            if ringing:
                fewer = risks[:, ringing - 1]
                answered = fewer[np.minimum(busy + 1, self.agents)]
                known = known + ringing / self.ringing_s * (
                    self.answer_ratio * answered + (1.0 - self.answer_ratio) * fewer
                )
            risks[:, ringing] = np.linalg.solve(system, known)
        return risks

    def by_risk(self, theta: float) -> Rule:
        """Calls are started while the next one's own risk is at most theta."""
        busy, ringing = np.indices(self.shape)
        allowed = (self.risks() <= theta).sum(axis=1)
        return np.asarray(np.minimum(np.maximum(ringing, allowed[busy]), self.most_ringing))


def optimum(team: Team, ceiling: float) -> float:
    """The occupancy of the best of all rules whose long-run abandonment is at most the ceiling."""
    low, high = 0.0, HIGHEST_PRICE
    for _ in range(HALVINGS):
        price = 0.5 * (low + high)
        if team.course(team.best(price, ceiling)).over(ceiling) > 0.0:
            low = price
        else:
            high = price
    return _mixed(team.course(team.best(high, ceiling)), team.course(team.best(low, ceiling)), ceiling)


def by_own_risk(team: Team, ceiling: float) -> float:
    """The occupancy of two neighbouring thetas, in turns, so that the ceiling is met."""
    courses = [team.course(team.by_risk(theta)) for theta in sorted({0.0, *team.risks().ravel()})]
    bold = next((place for place, course in enumerate(courses) if course.over(ceiling) > 0.0), len(courses) - 1)
    return _mixed(courses[max(bold - 1, 0)], courses[bold], ceiling)


def progressive(team: Team) -> float:
    """The occupancy of one call for each free agent."""
    busy, ringing = np.indices(team.shape)
    return team.course(np.maximum(ringing, team.agents - busy)).occupancy


def _mixed(careful: Course, bold: Course, ceiling: float) -> float:
    """The occupancy of both in turns, the bold one for so much of the time as the ceiling has room for."""
    room, excess = -careful.over(ceiling), bold.over(ceiling)
    part = room / (room + excess) if excess > 0.0 else 1.0
    return careful.occupancy + part * (bold.occupancy - careful.occupancy)


def main() -> None:
    print("| agents / answer | ceiling | one call for each free agent | by own risk | the best there is, % |")
    print("|---|---|---|---|---|")
    for agents, answer_ratio in CELLS:
        team = Team(agents, answer_ratio)
        for ceiling in CEILINGS:
            figures = [progressive(team), by_own_risk(team, ceiling), optimum(team, ceiling)]
            row = " | ".join(f"{100 * occupancy:.1f}" for occupancy in figures)
            print(f"| {agents} / {answer_ratio:.0%} | {ceiling:.0%} | {row} |", flush=True)


if __name__ == "__main__":
    main()
