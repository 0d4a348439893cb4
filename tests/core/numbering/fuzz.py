"""Fuzz target of the numbering: golden cells cut, glued and spoilt must never break it or make up a number.

    python -m tests.core.numbering.fuzz --rounds 200000 --seed 7

Prints the first cell that breaks a rule and exits with 1. The tests run a few thousand rounds.
"""

import argparse
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from dialer.core.numbering import Numbering, load_default
from tests.core.numbering.rules import broken_rule

_SPOIL = "0123456789 ()-+.,/;#*доб.xОЗl№\n\u00a0\u200b８٤е@:="
_CELLS = [
    line.rpartition(" => ")[0].partition(" @ ")[0]
    for line in Path(__file__).with_name("golden.txt").read_text("utf-8").splitlines()
    if " => " in line and not line.startswith("#   ")
]


def spoilt(chance: random.Random) -> str:
    """A cell made of one or two golden ones, with characters put in, taken out and doubled."""
    chars = list("".join(chance.sample(_CELLS, chance.choice((1, 1, 2)))))
    for _ in range(chance.randrange(6)):
        at = chance.randrange(len(chars) + 1)
        match chance.randrange(3):
            case 0:
                chars.insert(at, chance.choice(_SPOIL))
            case 1:
                del chars[at : at + chance.randrange(1, 4)]
            case _:
                chars[at:at] = chars[at : at + 3]
    return "".join(chars)


def fuzz(numbering: Numbering, rounds: int, seed: int) -> tuple[str, str] | None:
    """The first cell that breaks a rule, and the rule; None when all held."""
    chance = random.Random(seed)
    for _ in range(rounds):
        cell = spoilt(chance)
        town = chance.choice(("", "", "Калуга", "Москва", "Киров"))
        rule = broken_rule(numbering, cell, town)
        if rule:
            return cell, rule
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = fuzz(load_default(datetime.now(UTC).date()), options.rounds, options.seed)
    sys.exit(f"{found[0]!r}: {found[1]}" if found else 0)


if __name__ == "__main__":
    main()
