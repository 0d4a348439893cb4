"""What a simulated agent writes into a result form: something that fits each of its required fields.

The form is plain JSON, as it comes over the socket. Chance is a seeded `random.Random`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

LONGEST_AHEAD_DAYS = 7
STREETS = ("ул. Лесная", "пр. Мира", "ул. Садовая", "ул. Гагарина", "наб. Речная")


def written(form: Mapping[str, Any], at: float, chance: Random) -> dict[str, str]:
    """Values of the required fields; `at` is now, epoch seconds."""
    return {field["name"]: _value(field, at, chance) for field in form["fields"] if field["required"]}


def _value(field: Mapping[str, Any], at: float, chance: Random) -> str:
    if field["options"]:
        return str(chance.choice(field["options"]))
    match field["kind"]:
        case "date":
            day = datetime.fromtimestamp(at, UTC) + timedelta(days=chance.randint(1, LONGEST_AHEAD_DAYS))
            return day.date().isoformat()
        case "time":
            return f"{chance.randint(10, 20)}:{chance.choice((0, 30)):02d}"
        case "interval":
            return "10:00-14:00"
        case "number":
            return str(chance.randint(1, 9))
        case _:
            return f"{chance.choice(STREETS)}, {chance.randint(1, 120)}, кв. {chance.randint(1, 200)}"
