import pytest

from sipdiag.facts.profile import FORMS, Profile, Statement, refer_to_form, within

OWN = ["*.pstn.twilio.com", "out.didww.com"]


@pytest.mark.parametrize(
    ("scheme", "user", "host", "form"),
    [
        ("tel", "+15550100", None, "tel"),
        ("TEL", "+15550100", None, "tel"),
        ("sips", "a", "pbx.example.com", "sips"),
        ("sip", None, "pbx.example.com", "sip-no-user"),
        ("sip", "", "192.0.2.1", "sip-no-user"),
        ("sip", "+15550100", "demo.pstn.twilio.com", "sip-own-domain"),
        ("sip", "+15550100", "OUT.didww.com.", "sip-own-domain"),
        ("sip", "+15550100", "evilpstn.twilio.com", "sip-foreign-domain"),
        ("sip", "1000", "pbx.example.com", "sip-foreign-domain"),
        ("sip", "+15550100", "192.0.2.1", "sip-ip"),
        ("sip", "+15550100;phone-context=x", "[2001:db8::1]", "sip-ip"),
        ("sip", "queue", "192.0.2.1", "sip-foreign-domain"),
    ],
)
def test_refer_to_form(scheme: str, user: str | None, host: str | None, form: str) -> None:
    assert refer_to_form(scheme, user, host, OWN) == form
    assert form in FORMS


def test_within_takes_the_domain_and_what_lies_beneath() -> None:
    assert within("pstn.twilio.com", OWN)
    assert within("a.b.out.didww.com", OWN)
    assert not within("", OWN)
    assert not within("didww.com", OWN)


def test_own_domains_are_stated_or_the_hosts() -> None:
    stated = Statement("refer-to.own-domains", ("out.example",), "https://a", "2026-01-01", "documented")
    profile = Profile("x", "X", (), ("example",), (), (), (stated,))
    assert profile.own_domains == ("out.example",)
    assert Profile("x", "X", (), ("example",), (), (), ()).own_domains == ("example",)
    assert list(profile.under("refer-to")) == [stated]
    assert list(profile.under("refer")) == []
