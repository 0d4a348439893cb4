"""What may stand in an Asterisk file: alphabets for names, hosts and secrets, and checks that name the field."""

import ipaddress
import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,253}")
USER = re.compile(r"[A-Za-z0-9+._-]{1,80}")
SECRET = re.compile(r"[A-Za-z0-9+/=_.!@%^*~-]{12,128}")
"""Without `;`, `,`, quotes and blanks, which mean something in Asterisk's files; twelve characters or more."""
PATH = re.compile(r"/[A-Za-z0-9/_.-]*")


class SettingsError(ValueError):
    """A value that may not stand in an Asterisk file; the text names the field."""


def match(field: str, value: object, pattern: re.Pattern[str]) -> None:
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        shown = "(secret)" if field.endswith("secret") else repr(value)
        raise SettingsError(f"{field}: {shown} may only be {pattern.pattern}")


def optional(field: str, value: object, pattern: re.Pattern[str]) -> None:
    if value is not None:
        match(field, value, pattern)


def port(field: str, value: object) -> None:
    if not (isinstance(value, int) and 1 <= value <= 65535):
        raise SettingsError(f"{field}: {value!r} is not a port")


def address(field: str, value: str) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError as error:
        raise SettingsError(f"{field}: {error}") from error


def network(field: str, value: object) -> None:
    try:
        ipaddress.ip_network(value if isinstance(value, str) else "")
    except ValueError as error:
        raise SettingsError(f"{field}: {error}; a network like 10.0.0.5/32 is wanted") from error
