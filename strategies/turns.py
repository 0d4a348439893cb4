"""Whether the list has turned of late: far more people answer than did shortly before.

What rings at such a moment was placed for other people, and no forecast saves it. A list that did so once may do so
again, so what it cost is better kept in hand, and no more may ring than could be borne if it did so now. An even day's
estimate rises by 0.8 of its logarithm at most (teams of three to twenty), one whose list changes between 20 and 50 % by
1.5 and more.
"""

from math import exp, log

BELIEVED_AFTER_S = 600.0
"""The first estimates of a day move by what the priors were wrong, not by what the list does."""
FORGOTTEN_PER_S = 0.5 / 3600.0
"""How fast the lowest and the highest of late are forgotten, in their logarithm: a slow drift is no turn."""
EVEN, TURNED = 0.8, 1.2
"""The logarithm of the rise up to which a day is even, and from which it has turned."""
FELL, SILENT = 1.6, 2.3
"""The logarithm of a fall that is no list any more but somebody's failure, which may be mended at any moment: from a
fifth of what is usual on, fully at a tenth."""
USUAL_FIRST, USUAL_ANSWERS = 5.0, 300.0
"""What is usual is told by those who answer: an hour in which nobody does forgets nothing, and a list of which two in a
hundred answer is usual after its first dozens. The first figure is what the belief at the start is worth."""
MEMORY_S = 7200.0


class Turns:
    """Follows the multiplier of today's answers, and how many of those dialled are believed to answer."""

    def __init__(self) -> None:
        self._begun_s: float | None = None
        self._level = self._lowest = self._highest = 0.0
        """Logarithms: now, and how it stood of late."""
        self._at_s = 0.0
        self._turned, self._turned_at_s = 0.0, 0.0
        self._believed = 0.0
        """Logarithm of the part that is believed to answer now."""
        self._usual: float | None = None
        self._heard = USUAL_FIRST

    def heard(self) -> None:
        """A person answered, while so many were believed to."""
        if self._usual is not None:
            self._heard = min(self._heard + 1.0, USUAL_ANSWERS)
            self._usual += (self._believed - self._usual) / self._heard

    def follow(self, at_s: float, multiplier: float, answer_ratio: float) -> None:
        """The multiplier and the part of those dialled who answer (both over 0), as they are believed now."""
        self._level = level = log(multiplier)
        self._believed = log(answer_ratio)
        if self._usual is None:
            self._usual = self._believed
        if self._begun_s is None:
            self._begun_s = at_s
        forgotten = FORGOTTEN_PER_S * (at_s - self._at_s)
        if at_s - self._begun_s < BELIEVED_AFTER_S:
            self._lowest = self._highest = level
        else:
            self._lowest = min(self._lowest + forgotten, level)
            self._highest = max(self._highest - forgotten, level)
        self._at_s = at_s
        turned = min(max((level - self._lowest - EVEN) / (TURNED - EVEN), 0.0), 1.0)
        if turned > self.turned(at_s):
            self._turned, self._turned_at_s = turned, at_s

    def turned(self, at_s: float) -> float:
        """0: an even day; 1: its list turned just now."""
        return self._turned * exp(-max(0.0, at_s - self._turned_at_s) / MEMORY_S)

    def rise(self, at_s: float) -> float:
        """How many times as many would answer if it turned back: to the highest of late, or to what is usual where next
        to nobody answers any more. 1 on an even day."""
        fall = (self._usual or 0.0) - self._believed
        silent = min(max((fall - FELL) / (SILENT - FELL), 0.0), 1.0)
        return exp(max(self.turned(at_s) * (self._highest - self._level), silent * fall))
