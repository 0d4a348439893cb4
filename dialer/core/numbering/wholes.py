"""Whether a run of digit groups is written as a whole number: with its code, and its prefix if it has one.

`912 345 67 89 (2)` could also be cut into `912 345` and `67 89 2`, two numbers of other people. Where a whole
number stands in a cell it is not torn; this file says where one stands, by code, prefix and the groups' form.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from dialer.core.numbering.digits import NATIONAL_DIGITS, strip_prefix

_USUAL_LOCALS = frozenset(((7,), (3, 4), (3, 2, 2), (6,), (3, 3), (2, 2, 2), (5,), (1, 4), (2, 3), (1, 2, 2)))
_CODE_DIGITS = (3, 4, 5)
_CODE_AND_THREE = 6
"""Digits of «912345» in «8912345 67 89»."""
_MOBILE = "9"
_LOOSE = re.compile(r"[\s()]")


@dataclass(frozen=True, slots=True)
class Group:
    digits: str
    before: str
    """What stands between the group before and this one."""


class Written(Enum):
    """How a whole number is written."""

    MARKED = 1
    """Behind a prefix or with its code in brackets, and then what is a usual local number."""
    USUALLY = 2
    """A mobile number, its code apart and one sign between all other groups; or all digits together."""
    DOUBTFULLY = 3
    """«912-345 67 89», «495 234 56 78»: with two more digits it might be two local numbers."""
    UNUSUALLY = 4
    """«912 34 56 789»: two local numbers look like that as well."""


def written_whole(
    groups: Sequence[Group], codes: frozenset[str], *, first: bool, tied_before: bool, tied_behind: bool
) -> Written | None:
    """How these groups are written as one whole number; None where they are none.

    `first`: nothing stands before them that could be the beginning of another number. `tied`: a digit stands there
    with no space between.
    """
    digits = "".join([group.digits for group in groups])
    spare = len(digits) - NATIONAL_DIGITS
    apart = len(groups) > 1 and groups[0].digits in ("7", "8")
    national = strip_prefix(digits, codes) if spare else None if apart else digits
    if national is None or national[:3] not in codes:
        return None
    sizes = _without_prefix([len(group.digits) for group in groups], spare)
    mobile, bracket = national[0] == _MOBILE, "(" in groups[0].before
    if _is_usual(sizes, prefixed=spare > 0) and not tied_before:
        if apart or bracket or (spare and first):
            return Written.MARKED
        even = not tied_behind and _is_even(groups)
        if not spare:
            return Written.USUALLY if even and (mobile or len(groups) == 1) else _doubtful(mobile=mobile, even=even)
    meant = (spare or mobile) and (apart or bracket or sizes[0] >= min(_CODE_DIGITS))
    return Written.UNUSUALLY if meant else None


def _doubtful(*, mobile: bool, even: bool) -> Written | None:
    return Written.DOUBTFULLY if mobile or even else None


def is_usual_local(groups: Sequence[Group]) -> bool:
    """«234-56-78», «56-76-12», «2-34-56» and their like."""
    return tuple([len(group.digits) for group in groups]) in _USUAL_LOCALS


def _without_prefix(sizes: list[int], prefix: int) -> list[int]:
    """Sizes of the groups once so many digits are taken off the front."""
    while prefix:
        taken = min(prefix, sizes[0])
        rest = sizes[0] - taken
        sizes, prefix = ([rest, *sizes[1:]] if rest else sizes[1:]), prefix - taken
    return sizes


def _is_usual(sizes: Sequence[int], *, prefixed: bool) -> bool:
    code, *local = sizes
    if not local:
        return True
    glued = prefixed and code == _CODE_AND_THREE and local in ([2, 2], [4])
    return glued or (code in _CODE_DIGITS and tuple(local) in _USUAL_LOCALS)


def _is_even(groups: Sequence[Group]) -> bool:
    """Whether one sign stands between all groups of the local part, and the code is not tied closer to it: in
    «912-345 67 89 12» and «494 893  59 96 30» are two local numbers."""
    inside = [group.before for group in groups[2:]]
    tied_code = len(groups) > 1 and not _LOOSE.search(groups[1].before)
    return len(set(inside)) < 2 and not (tied_code and inside and _LOOSE.search(inside[0]))
