"""Who may take a campaign's calls: an agent of its groups who has the skill that it needs, at its level or above.

Skills are words of the installation's own («furniture», «german») with a level from 1 to 9, counted from the sign-in as
groups are. Among those who may, whoever would be wasted least comes first, and only among equals the longest idle: the
simple goes to beginners, and the experienced are there when the complex comes.
"""

from dialer.core.ids import GroupId
from dialer.core.settings import CampaignSettings, Skills

SKILL = r"^[a-z0-9][a-z0-9_-]{0,31}$"
LEAST_LEVEL, HIGHEST_LEVEL = 1, 9


def level_of(skills: Skills, skill: str) -> int:
    """The level of this skill; 0 for one who has it not."""
    return next((level for name, level in skills if name == skill), 0)


def may_serve(groups: frozenset[GroupId], skills: Skills, settings: CampaignSettings) -> bool:
    """Who is of these groups and can do this may take the campaign's calls."""
    if settings.groups.isdisjoint(groups):
        return False
    return settings.skill is None or level_of(skills, settings.skill) >= settings.skill_level


def wasted(skills: Skills, settings: CampaignSettings) -> int:
    """How much more he can than is needed: levels of the skill above the campaign's; without one, his best level."""
    if settings.skill is not None:
        return level_of(skills, settings.skill) - settings.skill_level
    return max((level for _, level in skills), default=0)


def covers(all_of: CampaignSettings, settings: CampaignSettings) -> bool:
    """Whoever may take calls of the second may take those of the first."""
    if not settings.groups <= all_of.groups:
        return False
    if all_of.skill is None:
        return True
    return settings.skill == all_of.skill and settings.skill_level >= all_of.skill_level
