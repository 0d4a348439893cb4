"""Who will answer: the chance that a person takes the call, by what is known of the number before it is dialled.

What is known is a set of words (`hour 19`, `mobile`, `attempt 2`, `region …`): their meaning is learned, none is built
in. Log-odds are the base, which all calls share, plus one weight a word: a logistic regression whose weights are kept
as means and variances and moved by each call in closed form (one Newton step of the assumed-density filter, as in an
extended Kalman filter). A word begins at weight zero, so that whoever nothing is known of has the base's chance; the
variances are what is honest about it: a word seen five times hardly moves. Time widens them again, so that old calls
fade. What is said is then held against what came (`strategies.calibration`).
"""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Any

from strategies.base import Learned
from strategies.calibration import Calibration, logit, sigmoid
from strategies.vectors import scalar

BASE = ""
"""The word that every call has."""
PRIOR_RATIO = 0.36
"""As in `strategies.answering`: what is assumed of people before the first call."""
BASE_VARIANCE, WORD_VARIANCE = 4.0, 0.12
"""Of log-odds: the base may be anything, a word moves the odds by a third or less unless calls say more."""
BASE_DRIFT_PER_DAY, WORD_DRIFT_PER_DAY = 0.05, 0.002
LEAST_VARIANCE = 1e-12
"""Of a weight that was kept: none is ever so sure."""
DAY_S = 86_400.0
WORDS = 2000
"""Words that are learned; of further ones nothing is known."""
SPREAD_MEMORY_CALLS = 300.0
LEAST_SPREAD = 0.25
"""Log-odds. Where numbers differ less than this there is nothing to tell apart."""
FARTHEST = 5.0
"""Log-odds that are ever said: 0.7 % to 99.3 %."""


class Weight:
    """What one word adds to the log-odds, and how sure that is."""

    __slots__ = ("at_s", "mean", "variance")

    def __init__(self, mean: float, variance: float, at_s: float) -> None:
        self.mean, self.variance, self.at_s = mean, variance, at_s


class Reach:
    """One campaign's people. Calls are learned in any order of time; the same calls give the same answers."""

    def __init__(self, prior_ratio: float = PRIOR_RATIO) -> None:
        self._weights = {BASE: Weight(logit(prior_ratio), BASE_VARIANCE, 0.0)}
        self._calibration = Calibration()
        self._calls = 0.0
        self._middle = 0.0
        self._spread = 0.0
        """Mean and variance of the log-odds said of late."""

    @property
    def base_ratio(self) -> float:
        """P(a person answers) where nothing is known of the number."""
        return self.chance(())

    @property
    def tells_apart(self) -> bool:
        """The numbers called of late differ enough for their chances to be worth anything."""
        return sqrt(self._spread) >= LEAST_SPREAD

    def chance(self, words: Iterable[str]) -> float:
        """P(a person answers) a call to a number of which this is known, strictly between 0 and 1."""
        return sigmoid(_within(self._calibration.honest(self._log_odds(words))))

    def score(self, words: Iterable[str]) -> float:
        """How much better than the base: log-odds, 0 where nothing is known. For an order, not for a probability."""
        return sum(weight.mean for word in words if (weight := self._weights.get(word)) is not None)

    def learn(self, words: Sequence[str], at_s: float, *, answered: bool) -> None:
        """A call to such a number was answered by a person, or ended without, at this instant (seconds, any clock)."""
        said = self._log_odds(words)
        self._calibration.learn(said, answered=answered)
        self._note_spread(said)
        weights = [self._weight(word, at_s) for word in (BASE, *words)]
        known = [weight for weight in weights if weight is not None]
        ratio = sigmoid(said)
        slope = ratio * (1.0 - ratio)
        gain = 1.0 / (1.0 + slope * sum(weight.variance for weight in known))
        for weight in known:
            weight.mean += weight.variance * (answered - ratio) * gain
            weight.variance -= weight.variance**2 * slope * gain

    def save(self) -> Learned:
        """What is worth keeping over a restart."""
        return {
            "weights": {word: [each.mean, each.variance, each.at_s] for word, each in self._weights.items()},
            "calibration": self._calibration.save(),
            "spread": [self._calls, self._middle, self._spread],
        }

    def load(self, learned: Learned) -> None:
        """Go on from there. KeyError, TypeError or ValueError where it cannot be read; then nothing is changed."""
        weights = {str(word): _kept_weight(*each) for word, each in dict(learned["weights"]).items()}
        if BASE not in weights:
            raise ValueError("weights need a base")
        calls, middle, spread = learned["spread"]
        read = scalar(calls, 0.0), scalar(middle), scalar(spread, 0.0)
        self._calibration.load(learned["calibration"])
        self._weights, (self._calls, self._middle, self._spread) = weights, read

    def _log_odds(self, words: Iterable[str]) -> float:
        return _within(self._weights[BASE].mean + self.score(words))

    def _weight(self, word: str, at_s: float) -> Weight | None:
        """The word's weight, its variance as wide as time has made it; None where there are too many words."""
        weight = self._weights.get(word)
        if weight is None:
            if len(self._weights) >= WORDS:
                return None
            weight = self._weights[word] = Weight(0.0, WORD_VARIANCE, at_s)
        widest, drift = (BASE_VARIANCE, BASE_DRIFT_PER_DAY) if word == BASE else (WORD_VARIANCE, WORD_DRIFT_PER_DAY)
        weight.variance = min(widest, weight.variance + drift * max(0.0, at_s - weight.at_s) / DAY_S)
        weight.at_s = max(weight.at_s, at_s)
        return weight

    def _note_spread(self, said: float) -> None:
        self._calls = min(self._calls + 1.0, SPREAD_MEMORY_CALLS)
        share = 1.0 / self._calls
        off = said - self._middle
        self._middle += share * off
        self._spread = (1.0 - share) * (self._spread + share * off * off)


def _kept_weight(mean: Any, variance: Any, at_s: Any) -> Weight:
    return Weight(scalar(mean), scalar(variance, LEAST_VARIANCE), scalar(at_s))


def _within(log_odds: float) -> float:
    return min(max(log_odds, -FARTHEST), FARTHEST)
