"""What somebody meant who typed a name that is none."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(typed: str, known: Iterable[str], most: int = 1) -> str:
    """The question with the nearest names, or nothing where none is near."""
    near = get_close_matches(typed, tuple(known), most)
    return f"did you mean {' or '.join(near)}?" if near else ""
