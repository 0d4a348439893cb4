"""Digest proofs against the RFCs' own examples."""

import pytest

from sim.sip.digest import answer


def test_the_example_of_rfc_2617():
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    proof = answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b")
    assert 'response="6629fae49393a05397450978507c4ef1"' in proof
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in proof
    assert "qop=auth" in proof


def test_without_qop_as_in_rfc_2069():
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    proof = answer(challenge, "GET", "/dir/index.html", "Mufasa", "CircleOfLife", "unused")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in proof  # RFC 2069's example as its erratum corrects it
    assert "cnonce" not in proof


@pytest.mark.parametrize("challenge", ["", 'Basic realm="x"', 'Digest realm="x", nonce="y", algorithm=SHA-256'])
def test_another_scheme_is_refused(challenge):
    with pytest.raises(ValueError, match="not a digest"):
        answer(challenge, "REGISTER", "sip:x", "u", "s", "c")
