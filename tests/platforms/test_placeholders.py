"""Variables, templates and placeholders are no literals: nothing may be judged by their text."""

from __future__ import annotations

import pytest

from sipdiag.checking.discover import built_in
from sipdiag.checking.run import run_checks
from sipdiag.facts.placeholders import is_literal, variables
from sipdiag.stages import Severity
from tests.support.config_case import case_of_documents

SUBJECTS = ("TransferRule", "Agent", "Trunk", "CallRecord", "Destination", "Misread", "Deprecated")
CHECKS = [k.load() for k in built_in() if k.subject in SUBJECTS]

OWN = """
agent: {{platform: other, trunk: a, rules: [{{name: support, type: "{0}", to: "{0}"}}]}}
trunks: [{{name: a, platform: elevenlabs, address: "{0}", transport: "{0}", number: "{0}", media_encryption: "{0}"}}]
"""
ELEVENLABS = """
transfers: [{{transfer_destination: {{type: sip_uri, sip_uri: "{0}"}}, transfer_type: "{0}", condition: "{0}"}}]
---
{{provider: sip_trunk, phone_number: "{0}", outbound_trunk: {{address: "{0}", transport: "{0}", has_auth_credentials: true}}}}
"""


@pytest.mark.parametrize(
    "text",
    [
        "${VAR}",
        "{{ name }}",
        "{{name}}",
        "$NAME",
        "${var.name}",
        "<%= name %>",
        "%(name)s",
        "{% if a %}b{% endif %}",
        "<name>",
    ],
)
@pytest.mark.parametrize("document", [OWN, ELEVENLABS], ids=["own", "elevenlabs"])
def test_nothing_is_said_of_a_placeholder(document: str, text: str) -> None:
    assert not is_literal(text)
    run = run_checks(CHECKS, case_of_documents([("x.yaml", document.format(text))]))
    assert not run.crashed
    assert [f.finding.plain for f in run.found if f.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    "text", ["sip:500@pbx.example", "+12025550123", "sip:a$b@c.example:5060;transport=tcp", "tel:+1-202"]
)
def test_what_is_written_out_is_literal(text: str) -> None:
    assert is_literal(text) == ("$b" not in text)
    assert variables("sip:{{ user }}@${HOST}") == ["{{ user }}", "${HOST}"]


def test_long_texts_cost_no_more_than_their_length() -> None:
    for text in ("{{" * 20_000, "${" * 20_000, "<%" * 20_000, "%(" * 20_000, "$" * 20_000, "<" * 20_000):
        is_literal(text)
