"""What is wrong with a trunk that carried none of the transfers is no error of these calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.stages import Severity

LAB = Path(__file__).parents[2] / "fixtures" / "captures" / "lab"
TRUNKS = """\
trunks:
  - {{name: carrier, address: 203.0.113.5, refer: {carrier}}}
  - {{name: door, address: 192.0.2.177, refer: {door}}}
"""


@pytest.mark.parametrize(
    ("capture", "carrier", "door", "severity"),
    [
        ("s06", "allow", "deny", Severity.WARNING),  # the REFER was refused on the other one
        ("s06", "deny", "allow", Severity.ERROR),
        ("s01", "deny", "allow", Severity.WARNING),  # whatever is set, it took the REFER
    ],
)
def test_only_the_trunk_that_did_harm_is_at_fault(
    tmp_path: Path, capture: str, carrier: str, door: str, severity: Severity
) -> None:
    file = tmp_path / "trunks.yaml"
    file.write_text(TRUNKS.format(carrier=carrier, door=door))
    report = examine([str(file), str(next(LAB.glob(f"{capture}*.pcap")))])
    told = [f.found.severity for f in report.findings if f.found.check.id == "trunk-refer-disabled"]
    assert told == [severity]


def test_without_a_call_every_trunk_counts(tmp_path: Path) -> None:
    file = tmp_path / "trunks.yaml"
    file.write_text(TRUNKS.format(carrier="allow", door="deny"))
    report = examine([str(file)], Options(command="lint"))
    assert [f.found.severity for f in report.findings] == [Severity.ERROR]


PROFILE = """\
<profile name="{name}">
  <settings>
    <param name="sip-ip" value="{address}"/>
    <param name="sip-port" value="{port}"/>
    <param name="disable-transfer" value="{disabled}"/>
  </settings>
</profile>
"""


@pytest.mark.parametrize("address", ["203.0.113.5", "$${local_ip_v4}"])
def test_a_profile_that_refuses_took_no_part_in_a_transfer_that_was_accepted(tmp_path: Path, address: str) -> None:
    file = tmp_path / "sofia.conf.xml"
    profiles = (("internal", 5060, "false"), ("external", 5080, "true"))
    told = [PROFILE.format(name=n, address=address, port=p, disabled=d) for n, p, d in profiles]
    file.write_text(f"<configuration><profiles>{''.join(told)}</profiles></configuration>")
    report = examine([str(file), str(next(LAB.glob("s01*.pcap")))])
    assert [v.outcome.value for v in report.verdicts] == ["completed"]
    found = [f.found.severity for f in report.findings if f.found.check.id == "trunk-refer-disabled"]
    assert found == [Severity.WARNING]
