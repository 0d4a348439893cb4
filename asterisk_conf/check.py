"""What a live Asterisk must answer if it took our files: questions with the answers wanted, and the cure for others.

Every question is a variable or function of the dialplan, so the daemon's own AMI user may ask it (`Getvar`). Pure: who
asks is the caller's business.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asterisk_conf.render import browser_modules
from asterisk_conf.settings import DIALPLAN_VERSION, AsteriskSettings

RELOAD = "include the rendered files (docs/asterisk.md) and run: asterisk -rx 'core reload'"
NEEDED_MODULES = (
    "app_bridgewait",
    "app_chanspy",
    "app_dial",
    "app_exec",
    "app_playback",
    "app_playtones",
    "app_senddtmf",
    "app_userevent",
    "bridge_holding",
    "bridge_simple",
    "format_wav",
    "func_channel",
    "func_global",
    "func_logic",
    "func_strings",
    "res_mutestream",
    "res_rtp_asterisk",
)
"""What the dialplan uses; a site's server may have been stripped of some."""

ENTRIES = {
    "dlr-answered": "s",
    "dlr-wait": "s",
    "dlr-abandon": "s",
    "dlr-connect": "1001",
    "dlr-dial": "1001",
    "dlr-agent": "login",
    "dlr-held": "1001",
    "dlr-take": "1001",
    "dlr-consult": "1001",
    "dlr-conference": "1001",
    "dlr-spy": "listen",
}


@dataclass(frozen=True, slots=True)
class Question:
    """`ask` is for Getvar; an answer that does not match `wanted` whole means `trouble`, to be mended by `cure`."""

    about: str
    ask: str
    wanted: str
    trouble: str
    cure: str

    def answered_by(self, value: str) -> bool:
        return re.fullmatch(self.wanted, value) is not None


def questions(settings: AsteriskSettings | None = None) -> Iterator[Question]:
    """The dialplan and its modules; with settings also each trunk and phone that they name."""
    version = f"DIALPLAN_EXISTS(dlr-version,{DIALPLAN_VERSION},1)"
    yield Question("dialplan", version, "1", f"version {DIALPLAN_VERSION} is not loaded", RELOAD)
    for context, extension in ENTRIES.items():
        entry = f"DIALPLAN_EXISTS({context},{extension},1)"
        yield Question("dialplan", entry, "1", f"context {context} is not loaded", RELOAD)
    for module in NEEDED_MODULES:
        load = f"load it in modules.conf ({module}.so) and restart Asterisk"
        yield Question("module", f"IFMODULE({module}.so)", "1", f"{module} is not loaded", load)
    clock = "its STRFTIME knows no milliseconds: the answer deadline cannot be kept"
    yield Question("clock", "STRFTIME(,,%s%3q)", r"\d{13}", clock, "use Asterisk 22 with func_strings")
    if settings:
        yield from _endpoints(settings)
        yield from _browsers(settings)


def _endpoints(settings: AsteriskSettings) -> Iterator[Question]:
    for trunk in settings.trunks:
        known = f"PJSIP_ENDPOINT({trunk.endpoint},aors)"
        yield Question("trunk", known, ".+", f"no endpoint {trunk.endpoint}", RELOAD)
    for phone in settings.phones:
        silence = f"PJSIP_ENDPOINT({phone.endpoint},rtp_timeout)"
        missing = f"endpoint {phone.endpoint} is unknown or has no rtp_timeout: dead, it would look free"
        yield Question("phone", silence, r"[1-9]\d*", missing, RELOAD)


def _browsers(settings: AsteriskSettings) -> Iterator[Question]:
    """What phones in browsers need; a server without any is not asked."""
    if not settings.browser_phones:
        return
    entry = "DIALPLAN_EXISTS(dlr-secret,1001,1)"
    yield Question("dialplan", entry, "1", "context dlr-secret is not loaded", RELOAD)
    for module in ("func_pjsip_endpoint", *browser_modules(settings)):
        load = f"load it in modules.conf ({module}.so) and restart Asterisk"
        yield Question("module", f"IFMODULE({module}.so)", "1", f"{module} is not loaded", load)
    for phone in settings.browser_phones:
        known = f"PJSIP_ENDPOINT({phone.endpoint},webrtc)"
        yield Question("phone", known, "yes", f"endpoint {phone.endpoint} speaks no WebRTC", RELOAD)
        found = f"PJSIP_ENDPOINT({phone.endpoint},ice_support)"
        yield Question("phone", found, "yes", f"endpoint {phone.endpoint} offers no addresses (ICE)", RELOAD)


def troubles(settings: AsteriskSettings | None, answers: Mapping[str, str]) -> list[Question]:
    """The questions that were not answered as wanted; `answers` by what was asked."""
    return [one for one in questions(settings) if not one.answered_by(answers.get(one.ask, ""))]
