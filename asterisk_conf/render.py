"""Asterisk's files from settings: text in, text out; writing them is the caller's business.

`dialer/*.conf` are the pieces which any Asterisk 22 with PJSIP takes by one `#include` line each. The rest makes a
whole server of our own (tests, `make run`, a dedicated machine) around the very same pieces.
"""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from asterisk_conf.settings import DIALPLAN_VERSION, AsteriskSettings

PIECES = ("dialer/extensions.conf", "dialer/manager.conf", "dialer/pjsip.conf")

BROWSER_PIECES = ("dialer/sorcery.conf",)
"""Only where a phone is in a browser: where PJSIP looks for the secrets that the daemon makes."""

NAT_PIECES = ("dialer/rtp.conf",)
"""Only where Asterisk has other addresses for agents in browsers than those of its own interfaces."""

BROWSER_SERVER_FILES = ("http.conf", "sorcery.conf")

SERVER_FILES = (
    "acl.conf",
    "asterisk.conf",
    "ccss.conf",
    "cdr.conf",
    "cel.conf",
    "extensions.conf",
    "features.conf",
    "indications.conf",
    "logger.conf",
    "manager.conf",
    "modules.conf",
    "musiconhold.conf",
    "pjproject.conf",
    "pjsip.conf",
    "rtp.conf",
    "stasis.conf",
    "udptl.conf",
)

CHANNEL_EVENTS = ("Newstate", "Hangup", "BridgeEnter", "UserEvent")
"""What the daemon is told about a channel of ours; the rest would be 46 events more for a bridged call."""

PHONE_FAMILY = "dlr-browser"
"""Of Asterisk's database: where the secrets of phones in browsers lie."""
PHONE_REALM = "dialer"
"""Of the digest by which such a phone shows its secret; the daemon hashes with it (`dialer.ami.phone`)."""

LATE_RING_S = 15
"""How long an agent's phone rings, called per call, for somebody who already hears the message."""

HOLD_LIMIT_S = 600
"""How long a customer may be on hold before he is given back to his agent by the dialplan itself."""

MODULES = (
    # sorcery, timing and RTP first: the rest leans on them
    "res_pjproject",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_timing_timerfd",
    "res_crypto",
    "res_rtp_asterisk",
    # SIP
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_sdp_rtp",
    "res_pjsip_caller_id",
    "res_pjsip_rfc3326",
    "res_pjsip_nat",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_authenticator_digest",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_outbound_registration",
    "res_pjsip_registrar",
    "res_pjsip_path",
    "res_pjsip_acl",
    "res_pjsip_pubsub",
    "chan_pjsip",
    # what the dialplan uses
    "pbx_config",
    "app_bridgewait",
    "app_chanspy",
    "app_dial",
    "app_exec",
    "app_playback",
    "app_playtones",
    "app_senddtmf",
    "app_stack",
    "app_userevent",
    "func_callerid",
    "func_channel",
    "func_dialplan",
    "func_global",
    "func_logic",
    "func_module",
    "func_pjsip_aor",
    "func_pjsip_contact",
    "func_pjsip_endpoint",
    "func_strings",
    # sound and bridges
    "bridge_builtin_features",
    "bridge_holding",
    "bridge_native_rtp",
    "bridge_simple",
    "chan_bridge_media",
    "codec_a_mu",
    "codec_alaw",
    "codec_gsm",
    "codec_resample",
    "codec_ulaw",
    "format_gsm",
    "format_pcm",
    "format_sln",
    "format_wav",
    "res_musiconhold",
    "res_mutestream",
)


BROWSER_MODULES = (
    "res_http_websocket",
    "res_pjsip_transport_websocket",
    "res_srtp",
    "func_db",
)
OPUS_MODULES = ("res_format_attr_opus", "codec_opus_open_source")
"""The codec as Debian builds it; Asterisk's maker gives away another, `codec_opus`."""


def render(settings: AsteriskSettings) -> Mapping[str, str]:
    """Every file by its path below the configuration folder; whole server only where folders are given."""
    environment = Environment(
        loader=PackageLoader("asterisk_conf"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # no HTML here; settings check their values' alphabet
    )
    names = (*pieces(settings), *_server_files(settings))
    return {
        name: environment.get_template(f"{_template(name)}.j2").render(
            s=settings,
            f=settings.folders,
            version=DIALPLAN_VERSION,
            channel_events=CHANNEL_EVENTS,
            late_ring_s=LATE_RING_S,
            hold_limit_s=HOLD_LIMIT_S,
            phone_family=PHONE_FAMILY,
            phone_realm=PHONE_REALM,
            modules=modules(settings),
        )
        for name in names
    }


def pieces(settings: AsteriskSettings) -> tuple[str, ...]:
    """What a site's own files include by one line each."""
    browser = BROWSER_PIECES if settings.browser_phones else ()
    return (*PIECES, *browser, *(NAT_PIECES if settings.nat.concerns_rtp else ()))


def modules(settings: AsteriskSettings) -> tuple[str, ...]:
    """What a server of our own loads, in order."""
    return (*MODULES, *browser_modules(settings)) if settings.browser_phones else MODULES


def browser_modules(settings: AsteriskSettings) -> tuple[str, ...]:
    """What the phones in browsers want beside the others."""
    opus = any("opus" in phone.codecs for phone in settings.browser_phones)
    return (*BROWSER_MODULES, *(OPUS_MODULES if opus else ()))


def _server_files(settings: AsteriskSettings) -> tuple[str, ...]:
    if not settings.folders:
        return ()
    return (*SERVER_FILES, *BROWSER_SERVER_FILES) if settings.browser_phones else SERVER_FILES


def _template(name: str) -> str:
    return name if name.startswith("dialer/") else f"server/{name}"
