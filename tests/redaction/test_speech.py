"""What people said is removed, and what a diagnosis asks of it stays."""

from __future__ import annotations

import json

import pytest
import yaml

from sipdiag.facts import wording
from sipdiag.platforms.claims import announces_transfer, is_simulation, refuses_request, states_no_refer, status_of
from sipdiag.redaction import Redactor
from sipdiag.redaction.speech import claims, marked

ASKED = (
    announces_transfer, refuses_request, is_simulation, states_no_refer, status_of,
    lambda t: bool(wording.NO_CONNECTION.search(t)), lambda t: bool(wording.CLOSED.search(t)),
    lambda t: bool(wording.REFUSED.search(t)), lambda t: bool(wording.TLS_FAILED.search(t)),
    lambda t: bool(wording.NO_TARGET.search(t)),
)  # fmt: skip
SAID = (
    "Thanks Mary, I'm transferring you to billing now.",
    "putting you through, one second",
    "Would you like me to transfer you to somebody?",
    "Ich verbinde Sie mit der Buchhaltung.\nEinen Moment, Frau Müller.",
    "No permission to perform the transfer; upgrade your plan.",
    "call transfer failed: sip status: 603: Decline",
    "The agent said so, but no outbound REFER was seen for this call_id.",
    "failed to get an existing connection for the peer, the socket was closed",
    "connect ECONNREFUSED to the trunk",
    "TLS handshake with the trunk failed: certificate expired",
    "invalid transfer_to address in the request that was made",
    "This was a simulated conversation, I'm connecting you with Bob.",
    "My card is 4111 1111 1111 1111 and I live in the Main Street.",
)  # fmt: skip


@pytest.mark.parametrize("text", [*SAID, " ".join(SAID[4:9]), "\n".join(SAID)])
def test_a_marker_claims_what_the_words_claimed_and_nothing_else(text: str) -> None:
    left = marked(text)
    assert [ask(left) for ask in ASKED] == [ask(text) for ask in ASKED]
    assert claims(left) == claims(text)
    assert left.count("\n") == text.count("\n")
    known = " ".join(claims(text)).lower().split()
    words = [w for w in text.lower().replace(",", " ").replace(".", " ").split() if len(w) > 3 and w not in known]
    assert not [w for w in words if w in left.lower()]


@pytest.mark.parametrize("text", SAID)
def test_speech_stays_as_long_as_it_was(text: str) -> None:
    if len(text.split("\n")[0]) >= len("".join(f"[{c}]" for c in claims(text))):
        assert len(marked(text).encode()) == len(text.encode())


@pytest.mark.parametrize("text", [*SAID, 'He said "I\'m transferring you" \\ twice\tto me'])
def test_a_document_stays_one(text: str) -> None:
    redactor = Redactor(bytes(32))
    turn = {"role": "agent", "message": text, "time": 3}
    for written in (json.dumps(turn), json.dumps(turn, ensure_ascii=False), json.dumps([turn], indent=1)):
        left = redactor.document(written)
        read = json.loads(left)
        (found,) = read if isinstance(read, list) else [read]
        assert list(found) == list(turn)
        assert announces_transfer(found["message"]) == announces_transfer(text)
    for style in ("", '"', "'", "|"):
        written = yaml.safe_dump({"agent": {"first_message": text, "next": 1}}, default_style=style or None)
        found = yaml.safe_load(redactor.document(written))["agent"]
        assert announces_transfer(found["first_message"]) == announces_transfer(text)


def test_the_line_of_a_log_is_no_speech() -> None:
    redactor = Redactor(bytes(32))
    logged = json.dumps({"level": "error", "message": "could not create the transfer request for Bob"})
    assert "could not create the transfer request" in redactor.document(logged)
    turn = json.dumps({"level": "info", "role": "agent", "message": "could not create the transfer request for Bob"})
    assert "request" not in redactor.document(turn)
