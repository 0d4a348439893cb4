"""A campaign and its law profile: what is looser is saved only with a reason, what the law refuses is not saved."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from dialer.api.problems import Problem
from dialer.core.callers import label_flaws
from dialer.core.hours import Calendar, Window
from dialer.core.ids import Instant
from dialer.core.law import Law, Profile, law_of, looser, refuses
from dialer.core.settings import CampaignSettings
from dialer.production_calendar import NOTHING, with_production_calendar


def check_law(
    before: CampaignSettings | None,
    after: CampaignSettings,
    reason: str,
    at: Instant,
    corrections: Mapping[date, bool] = NOTHING,
) -> Mapping[str, str]:
    """What this change leaves looser than the law, for the audit; nothing where it touches none of it.

    `corrections`: the operator's own to the production calendar.
    Raises 409: refused by law, or looser without a reason.
    """
    day = datetime.fromtimestamp(at, UTC).date()
    law = law_of(Profile(after.law), day)
    not_refused(after, at)
    if before is not None and _bound(before) == _bound(after):
        return {}
    found = looser(law, after, _holidays(law, day, corrections))
    if found and not reason:
        raise Problem(
            409,
            "looser-than-the-law",
            f"{law.profile} asks more: " + "; ".join(f"{name}: {text}" for name, text in found.items()),
            f"Tighten these settings ({law.source}), or give `loosening_reason`: it is audited with your name.",
        )
    return found


def _bound(settings: CampaignSettings) -> tuple[object, ...]:
    """What a law may speak of."""
    return settings.law, settings.calendar, settings.rules, settings.ceiling_ratio, settings.ring_s


def not_refused(settings: CampaignSettings, at: Instant) -> None:
    """Raises 409 where the law does not allow such a campaign at all."""
    law = law_of(Profile(settings.law), datetime.fromtimestamp(at, UTC).date())
    if why := refuses(law, settings):
        raise Problem(409, "refused-by-law", why, "Choose a mode that the law allows, or the profile that applies.")


def labelled(settings: CampaignSettings, at: Instant) -> None:
    """Raises 409 where every number shown must bear a label, and one does not."""
    if flaws := label_flaws(settings, at):
        raise Problem(
            409,
            "unlabelled-caller",
            "These numbers would be shown without a good label: "
            + ", ".join(f"{name} ({flaw})" for name, flaw in flaws.items()),
            "Give each its label, contract and term (PATCH /api/v1/callers/{id}), or take it out of the pool.",
        )


def too_long(settings: CampaignSettings, at: Instant, corrections: Mapping[date, bool]) -> str:
    """On which day it is open while its law, which follows the production calendar, is closed; empty: on none."""
    day = datetime.fromtimestamp(at, UTC).date()
    law = law_of(Profile(settings.law), day)
    if not law.follows_holidays:
        return ""
    return looser(law, settings, _holidays(law, day, corrections)).get("hours", "")


def _holidays(law: Law, day: date, corrections: Mapping[date, bool]) -> Mapping[str, tuple[Window, ...]]:
    if not law.follows_holidays or law.hours is None:
        return {}
    return with_production_calendar(Calendar(law.hours), (day.year, day.year + 1), corrections).dates
