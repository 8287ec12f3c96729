"""Which of several trunks carried a call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine

CALL = """\
2026/09/28 12:53:20.000000 198.51.100.20:5060 -> 203.0.113.60:5060
INVITE sip:{number}@203.0.113.60 SIP/2.0
Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bK1
From: <sip:+12025550171@198.51.100.20>;tag=a
To: <sip:{number}@203.0.113.60>
Call-ID: one@198.51.100.20
CSeq: 1 INVITE
Contact: <sip:+12025550171@198.51.100.20:5060>
Content-Length: 0


2026/09/28 12:53:20.100000 203.0.113.60:5060 -> 198.51.100.20:5060
SIP/2.0 403 Forbidden
Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bK1
From: <sip:+12025550171@198.51.100.20>;tag=a
To: <sip:{number}@203.0.113.60>;tag=b
Call-ID: one@198.51.100.20
CSeq: 1 INVITE
Content-Length: 0

"""


def trunk(name: str, numbers: list[str], address: str) -> dict[str, object]:
    return {"sip_trunk_id": name, "name": name, "numbers": numbers, "allowed_addresses": [address]}


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        ("+12025550102", "allow-list-not-effective"),  # the second number of the trunk that does not know the caller
        ("+12025550104", "call-not-answered"),  # the second number of the one that does
    ],
)
def test_every_number_of_a_trunk_counts(tmp_path: Path, number: str, cause: str) -> None:
    (tmp_path / "trace.txt").write_text(CALL.format(number=number))
    trunks = [
        trunk("ST_a", ["+12025550101", "+12025550102"], "192.0.2.0/24"),
        trunk("ST_b", ["+12025550103", "+12025550104"], "198.51.100.0/24"),
    ]
    (tmp_path / "trunks.json").write_text(json.dumps({"items": trunks}))
    report = examine([str(tmp_path)], Options(expect_transfer=True))
    assert [v.cause.check.id for v in report.verdicts if v.cause is not None] == [cause]
