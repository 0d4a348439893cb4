"""What may not stand in an Asterisk file is refused by the field's name, and a secret is not repeated."""

import pytest

from asterisk_conf.settings import AsteriskSettings, Manager, Phone, Trunk
from asterisk_conf.values import SettingsError

SECRET = "s" * 24


def settings(**changed):
    return AsteriskSettings(**{"manager": Manager(SECRET, SECRET), "message": "/m", **changed})


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Trunk("a\n[evil]", "127.0.0.1"), "trunk.endpoint"),
        (lambda: Trunk("a", "127.0.0.1;x"), "trunk.host"),
        (lambda: Trunk("a", "127.0.0.1", port=0), "trunk.port"),
        (lambda: Trunk("a", "127.0.0.1", codecs=("opus",)), "trunk.codecs"),
        (lambda: Trunk("a", "127.0.0.1", register=True), "needs `user` and `secret`"),
        (lambda: Trunk("a", "127.0.0.1", qualify_s=0), "qualify_s"),
        (lambda: Phone("1001"), "either `host`"),
        (lambda: Phone("1001", host="127.0.0.1", secret=SECRET), "either `host`"),
        (lambda: Manager("short", SECRET), "manager.secret"),
        (lambda: Manager(SECRET, SECRET, permit="10.0.0.5/8"), "manager.permit"),
        (lambda: Manager(SECRET, SECRET, host="everywhere"), "manager.host"),
        (lambda: settings(message="/a b"), "message"),
        (lambda: settings(rtp_first=10, rtp_last=11), "rtp_last"),
        (lambda: settings(phone_silence_s=0), "phone_silence_s"),
        (lambda: settings(answer_limit_ms=2000), "answer_limit_ms"),
        (lambda: settings(trunks=(Trunk("a", "h"),), phones=(Phone("a", "h"),)), "endpoint a is named twice"),
    ],
)
def test_refused_by_name(make, field):
    with pytest.raises(SettingsError, match=field):
        make()


def test_a_refused_secret_is_not_repeated():
    with pytest.raises(SettingsError) as refused:
        Manager("hush;hush;hush", SECRET)
    assert "hush" not in str(refused.value)
