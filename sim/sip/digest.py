"""Digest authentication as a phone does it (RFC 2617, RFC 8760 not needed: MD5 is what PBXs offer). No IO."""

import hashlib
import re

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')


def answer(challenge: str, method: str, uri: str, user: str, secret: str, cnonce: str) -> str:
    """The Authorization header for a WWW-Authenticate challenge. Raises ValueError where it is no digest by MD5."""
    scheme, _, rest = challenge.partition(" ")
    asked = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
    if scheme.lower() != "digest" or "nonce" not in asked or asked.get("algorithm", "MD5").upper() != "MD5":
        raise ValueError(f"not a digest challenge by MD5: {scheme} {asked.get('algorithm', '')}".strip())
    realm, nonce = asked.get("realm", ""), asked["nonce"]
    ours = {"username": user, "realm": realm, "nonce": nonce, "uri": uri}
    middle = nonce
    bare = {"algorithm": "MD5"}
    if "auth" in asked.get("qop", "").replace(" ", "").split(","):
        middle = f"{nonce}:00000001:{cnonce}:auth"
        ours["cnonce"] = cnonce
        bare |= {"nc": "00000001", "qop": "auth"}
    ours["response"] = _md5(f"{_md5(f'{user}:{realm}:{secret}')}:{middle}:{_md5(f'{method}:{uri}')}")
    if "opaque" in asked:
        ours["opaque"] = asked["opaque"]
    parts = [f'{name}="{value}"' for name, value in ours.items()] + [f"{name}={value}" for name, value in bare.items()]
    return f"Digest {', '.join(parts)}"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
