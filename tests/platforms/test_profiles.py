"""The profiles that we ship, the lookups, and the files that users bring."""

import datetime
import json
from ipaddress import ip_network
from pathlib import Path

import jsonschema
import pytest
import yaml

from sipdiag.facts.profile import FORMS, Profile
from sipdiag.platforms import profiles as module
from sipdiag.platforms.profile_file import ProfileError, parse_profile
from sipdiag.platforms.profiles import (
    FOLDER,
    by_address,
    by_agent,
    by_host,
    load_profile,
    profile,
    profiles,
)

SCHEMA = json.loads((FOLDER.parents[1] / "schemas" / "profile.json").read_text("utf-8"))
FILES = sorted(FOLDER.glob("*.yaml"))
VENDORS = {
    *("elevenlabs", "twilio", "vapi", "retell", "livekit", "telnyx", "asterisk", "freepbx", "openai-realtime"),
    *("twilio-voice", "telnyx-assistant", "pipecat-daily", "plivo", "freeswitch", "3cx", "teams", "jambonz", "didww"),
    *("genesys-cloud", "cisco-cube", "audiocodes", "bland", "ultravox", "signalwire", "bandwidth", "vonage"),
    *("kamailio", "opensips", "zoom", "amazon-chime", "sinch", "oracle-sbc", "ribbon-sbc", "videosdk"),
}


def known(slug: str) -> Profile:
    found = profile(slug)
    assert found is not None
    return found


def plain(file: Path) -> object:
    """The file as an editor's YAML 1.2 schema sees it: only true, false and whole numbers are no strings."""

    def value(node: yaml.Node) -> object:
        if isinstance(node, yaml.MappingNode):
            return {k.value: value(v) for k, v in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [value(v) for v in node.value]
        text = str(node.value)
        if isinstance(node, yaml.ScalarNode) and not node.style:
            return {"true": True, "false": False}.get(text, int(text) if text.isdigit() else text)
        return text

    node = yaml.compose(file.read_text("utf-8"), Loader=yaml.CBaseLoader)
    assert node is not None
    return value(node)


def test_every_system_has_a_profile() -> None:
    assert set(profiles()) == VENDORS
    assert len(profiles()) == len(VENDORS)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_profile_validates(file: Path) -> None:
    errors = [
        f"{list(e.path)}: {e.message[:200]}" for e in jsonschema.Draft202012Validator(SCHEMA).iter_errors(plain(file))
    ]
    assert errors == []


@pytest.mark.parametrize("slug", sorted(VENDORS))
def test_statements_tell_where_they_come_from(slug: str) -> None:
    for statement in known(slug).statements:
        assert statement.source.startswith("https://"), statement
        assert datetime.date(2026, 1, 1) <= datetime.date.fromisoformat(statement.date), statement
        assert statement.confidence in ("documented", "model", "source", "observed", "uncertain"), statement
        assert statement.certain is (statement.confidence != "uncertain")


def test_a_head_ends_before_the_sources() -> None:
    for file in FILES:
        text = file.read_text("utf-8")
        head = text[: text.index("\nsources:")]
        assert all(f"\n{key}:" in "\n" + head for key in ("name", "roles", "hosts", "networks", "agents")), file


def test_what_is_not_proven_is_uncertain() -> None:
    unproven = {
        ("3cx", "refer.accepts"),
        ("bandwidth", "refer.accepts"),
        ("vonage", "refer.accepts"),
        ("zoom", "refer.accepts"),
        ("amazon-chime", "refer.accepts"),
        ("bland", "refer.emits"),
        ("twilio", "refer.default"),
        ("elevenlabs", "refer.auth"),
        ("vapi", "refer.auth"),
        ("cisco-cube", "refer.needs-referred-by"),
    }
    for slug, key in unproven:
        statement = known(slug).says(key)
        assert statement is not None
        assert not statement.certain, (slug, key)


def test_words_stay_words_and_booleans_booleans() -> None:
    default, accepts, codes = (
        known("asterisk").says(k) for k in ("refer.default", "refer.accepts", "refer.refused-with")
    )
    assert default is not None
    assert default.value == "on"
    assert accepts is not None
    assert accepts.value is True
    assert codes is not None
    assert codes.value == (603,)
    assert codes.holds(603)


@pytest.mark.parametrize(
    ("slug", "form", "value"),
    [
        ("asterisk", "tel", "400"),
        ("asterisk", "sip-foreign-domain", "taken"),
        ("freeswitch", "tel", "taken"),
        ("freeswitch", "sip-no-user", "202-then-silence"),
        ("twilio", "sip-ip", "202-then-403"),
        ("plivo", "sip-foreign-domain", "refused"),
        ("plivo", "sip-own-domain", "taken"),
    ],
)
def test_forms_of_refer_to(slug: str, form: str, value: str) -> None:
    assert form in FORMS
    statement = known(slug).refer_to(form)
    assert statement is not None
    assert statement.value == value
    assert statement.certain


def test_by_host() -> None:
    found = {
        h: by_host(h) for h in ("demo.pstn.twilio.com", "a.sip.twilio.com", "sip.rtc.elevenlabs.io", "example.com", "")
    }
    assert {h: p.slug if p else None for h, p in found.items()} == {
        "demo.pstn.twilio.com": "twilio",
        "a.sip.twilio.com": "twilio-voice",
        "sip.rtc.elevenlabs.io": "elevenlabs",
        "example.com": None,
        "": None,
    }


def test_by_address() -> None:
    found = by_address("18.98.16.121")
    assert found is not None
    assert found.slug == "retell"
    assert by_address("192.0.2.1") is None
    assert by_address("no address") is None
    assert by_address("[2001:db8::1]") is None


def test_by_agent_takes_the_longest_beginning(tmp_path: Path) -> None:
    found = by_agent("Asterisk PBX 20.5.0")
    assert found is not None
    assert found.slug == "asterisk"
    assert by_agent("Softphone/1") is None
    file = tmp_path / "our-fork.yaml"
    file.write_text("extends: asterisk\nname: Our fork\nagents: [Asterisk PBX 20.5]\n", "utf-8")
    fork = profiles().plus(load_profile(file))
    assert fork.by_agent("Asterisk PBX 20.5.0") == fork["our-fork"]


def test_one_lookup_reads_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noting(text: str, name: str, slug: str) -> Profile:
        read.append(name)
        return parse_profile(text, name, slug)

    monkeypatch.setattr(module, "parse_profile", noting)
    module._ours.cache_clear()
    module.profile.cache_clear()
    assert known("twilio").slug == "twilio"
    assert read == ["profiles/twilio.yaml"]


def test_a_users_profile_overrides_and_adds(tmp_path: Path) -> None:
    file = tmp_path / "twilio.yaml"
    file.write_text(
        """\
extends: twilio
statements:
  - {key: refer.default, value: on, source: "https://example.net/ticket/1", date: 2026-11-01, confidence: observed}
  - {key: x.own, value: [1, two], source: "https://example.net/ticket/1", date: 2026-11-01, confidence: observed}
""",
        "utf-8",
    )
    mine = load_profile(file)
    changed = profiles().plus(mine)
    default, own = changed["twilio"].says("refer.default"), changed["twilio"].says("x.own")
    assert default is not None
    assert (default.value, default.date) == ("on", "2026-11-01")
    assert own is not None
    assert own.listed == ("1", "two")
    assert changed["twilio"].says("transports") == known("twilio").says("transports")
    assert len(changed) == len(profiles())
    host = changed.by_host("demo.pstn.twilio.com")
    assert host is not None
    assert host == mine
    assert default != known("twilio").says("refer.default")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("name: x\nname: y\n", ":2:1: name appears twice"),
        ("- a\n", ":1:1: a mapping is wanted here"),
        ("roles: [trunk]\n", ":1:1: a profile needs a name"),
        ("extends: nobody\n", ":1:10: no profile is named nobody"),
        ("name: x\nslug: A b\n", ":2:7: a slug is"),
        ("name: x\nnetworks: [192.0.2.1/33]\n", ":2:12: not a network"),
        ("name: x\nstatements: 5\n", ":2:13: a list is wanted here"),
        ("name: x\nstatements:\n  - {key: a, value: 1, source: b}\n", ":3:5: a statement needs its confidence"),
        ("name: x\nstatements:\n  - {key: a, value: 1, source: b, confidence: model}\n", ":3:32: source b is neither"),
        ("name: x\nstatements:\n  - {key: a, value: 1, source: 'http://a', confidence: model}\n", "needs its date"),
        (
            "name: x\nsources: {a: {url: 'http://a', date: today}}\nstatements: []\n",
            ":2:38: a date is written like",
        ),
        (
            "name: x\nsources: {a: {url: 'http://a', date: 2026-01-01}}\nstatements:\n"
            "  - &s {key: a, value: 1, source: a, confidence: sure}\n",
            "confidence is one of",
        ),
        (
            "name: x\nsources: {a: {url: 'http://a', date: 2026-01-01}}\nstatements:\n"
            "  - &s {key: a, value: 1, source: a, confidence: model}\n  - *s\n",
            "a is stated twice",
        ),
        ("name: [\n", "not YAML"),
        ("name: \x07\n", "not YAML"),
        ("name: " + "[" * 100_000, "nested too deeply"),
        ("- " * 50_000, "nested too deeply"),
    ],
)
def test_a_bad_profile_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ProfileError) as error:
        load_profile(file)
    assert message in str(error.value)
    assert str(error.value).startswith(str(file))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(b"name: \xff\n")
    with pytest.raises(ProfileError, match="not UTF-8"):
        load_profile(file)
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ProfileError, match="larger than"):
        load_profile(file)


def test_every_profile_is_found_by_all_that_it_is_known_by() -> None:
    """What is looked for in a head before it is parsed must not pass over one that fits."""
    for slug in profiles():
        for host in known(slug).hosts:
            found = by_host(f"x.{host.removeprefix('*.').upper()}.")
            assert found is not None
            assert slug in (found.slug, *(p.slug for p in profiles().values() if host in p.hosts))
        for network in known(slug).networks:
            assert by_address(str(ip_network(network)[0])) is not None
        for agent in known(slug).agents:
            assert by_agent(f"{agent.upper()} 1.0") is not None
