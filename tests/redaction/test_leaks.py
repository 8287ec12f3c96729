"""Identities and secrets are planted into inputs, every artefact is made of them, and none of the plants is found.

The plants stand as data, by the rows of the redaction table, in `fixtures/redaction/plants.txt`.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner, Result

from sipdiag.cli import app
from sipdiag.pipeline import examine
from sipdiag.raw import Endpoint
from sipdiag.redaction import Mode, Redactor
from sipdiag.redaction.files import redact_file
from sipdiag.redaction.verify import search
from sipdiag.reports.formats import FORMATS
from sipdiag.sources.captures import read_capture
from tests.support.pcap import pcap
from tests.support.sent import Sent

FIXTURE = Path(__file__).parents[2] / "fixtures" / "redaction" / "plants.txt"
KEY = bytes(range(32))
ONE, OTHER = Endpoint("192.0.2.1", 5060), Endpoint("198.51.100.2", 5060)
_PLANT = re.compile("«([^»]*)»")


@dataclass(frozen=True)
class Line:
    kind: str
    text: str  # without marks
    plants: tuple[str, ...]


@cache
def lines() -> tuple[Line, ...]:
    found = []
    for line in FIXTURE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, text = line.partition(" ")
            found.append(Line(kind, _PLANT.sub(r"\1", text), tuple(_PLANT.findall(text))))
    return tuple(found)


def of(*kinds: str) -> list[Line]:
    return [line for line in lines() if line.kind in kinds]


def plants() -> Iterator[str]:
    for line in lines():
        yield from line.plants


def message(line: Line, number: int) -> bytes:
    """A REFER into which the line is planted."""
    target = line.text if line.kind == "start" else "sip:x"
    fields = {
        "Via": "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKzz9q", "From": "<sip:a@x.example>;tag=1",
        "To": "<sip:b@x.example>;tag=2", "Call-ID": "zq@x.example", "CSeq": f"{number} REFER",
        "Refer-To": "<sip:c@x.example>",
    }  # fmt: skip
    body, kind = "", ""
    if line.kind in ("header", "folded", "split"):
        name, _, value = line.text.partition(": ")
        name = name.rstrip(":")
        value = line.text[len(name) + 1 :].lstrip(" ").replace("|", "\r\n ") if line.kind == "folded" else value
        long = {"f": "From", "t": "To", "r": "Refer-To"}.get(name, name)
        fields = {n: v for n, v in fields.items() if n != long}
        fields[name] = value
    elif line.kind == "sdp":
        own = [
            x for x in ("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0") if x[0] != line.text[0]
        ]
        body, kind = "\r\n".join([*own, "m=audio 4000 RTP/AVP 0", line.text, ""]), "application/sdp"
    elif line.kind == "body":
        kind, _, body = line.text.partition(" ")
        body = body.replace("|", "\r\n")
    if kind:
        fields["Content-Type"] = kind
    fields["Content-Length"] = str(len(body.encode()))
    head = [f"REFER {target if line.kind != 'start' else 'sip:' + target + '@x.example'} SIP/2.0"]
    return "\r\n".join([*head, *(f"{n}: {v}" for n, v in fields.items()), "", body]).encode()


SIP = ("start", "header", "folded", "sdp", "body")


def udp_capture() -> bytes:
    return pcap(Sent(1_790_000_000.0 + n, ONE, OTHER, "udp", message(x, n)) for n, x in enumerate(of(*SIP), 1))


def tcp_capture() -> bytes:
    """Every message in two segments that part in the midst of its first plant, and the second one sent again."""
    sent = []
    for n, line in enumerate(of("split", "header", "folded"), 1):
        data = message(line, n)
        plant = line.plants[0].encode()
        at = data.index(plant) + len(plant) // 2
        for step, part in enumerate((data[:at], data[at:])):
            sent.append(Sent(1_790_000_000.0 + n + step / 10, ONE, OTHER, "tcp", part))
    return pcap(sent)


def pcapng_capture() -> bytes:
    """The same as pcapng, with comments, names and secrets around it."""
    said = {k: of(k)[0].text.encode() for k in ("comment", "interface", "description", "filter", "hostname", "keylog")}

    def option(code: int, value: bytes) -> bytes:
        return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))

    end = bytes(4)
    out = block(
        0x0A0D0D0A,
        struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, said["comment"]) + option(2, said["hostname"]) + end,
    )
    out += block(
        1,
        struct.pack("<HHI", 1, 0, 0)
        + option(2, said["interface"])
        + option(3, said["description"])
        + option(11, b"\0" + said["filter"])
        + end,
    )
    out += block(
        4,
        struct.pack("<HH", 1, 4 + len(said["hostname"]) + 1)
        + bytes([192, 0, 2, 1])
        + said["hostname"]
        + b"\0"
        + bytes(-(5 + len(said["hostname"])) % 4)
        + end,
    )
    out += block(10, struct.pack("<II", 0x544C534B, len(said["keylog"])) + said["keylog"])
    plain = udp_capture()
    at = 24
    while at < len(plain):
        seconds, micro, size, full = struct.unpack_from("<IIII", plain, at)
        ticks = seconds * 1_000_000 + micro
        data = plain[at + 16 : at + 16 + size]
        head = struct.pack("<IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, size, full)
        out += block(6, head + data + bytes(-size % 4) + option(1, said["comment"]) + end)
        at += 16 + size
    return out


def trace() -> bytes:
    """Messages as sngrep writes them, with log lines in between."""
    parts = []
    for n, line in enumerate(of(*SIP, "split"), 1):
        parts.append(f"2026/05/14 10:{n // 60:02}:{n % 60:02}.000000 192.0.2.1:5060 -> 198.51.100.2:5060\n".encode())
        parts.append(message(line, n).replace(b"\r\n", b"\n") + b"\n\n")
    parts += [f"2026-05-14 11:00:{n % 60:02}.000 {x.text}\n".encode() for n, x in enumerate(of("log"))]
    return b"".join(parts)


def json_record() -> bytes:
    return ("[\n" + ",\n".join("{" + x.text + "}" for x in of("json")) + "\n]\n").encode()


def yaml_config() -> bytes:
    return (
        "agent:\n  platform: other\nitems:\n"
        + "".join(f"  - {x.text}\n" if not x.text.startswith("#") else f"  {x.text}\n" for x in of("yaml"))
    ).encode()


def ini_config() -> bytes:
    return ("[trunk]\ntype=endpoint\n" + "".join(f"{x.text}\n" for x in of("ini"))).encode()


def xml_config() -> bytes:
    return ("<profile>\n" + "".join(f"{x.text}\n" for x in of("xml")) + "</profile>\n").encode()


INPUTS = {
    "udp.pcap": udp_capture, "tcp.pcap": tcp_capture, "all.pcapng": pcapng_capture, "trace.txt": trace,
    "record.json": json_record, "config.yaml": yaml_config, "pjsip.conf": ini_config, "profile.xml": xml_config,
}  # fmt: skip


def views(data: bytes) -> list[str]:
    """An artefact as it is, without folds, percent-decoded, and as the messages that its segments make up."""
    texts = [data]
    if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\n\r\r\n"):
        import io

        texts += [p.data for p in read_capture(io.BytesIO(data), "in1").packets]
    whole = b"\n".join(texts).decode("utf-8", "replace")
    flat = re.sub(r"\r?\n[ \t]+", " ", whole)
    decoded = whole.encode("utf-8", "replace").decode("unicode_escape", "replace") if "\\u" in whole else ""
    return [whole, flat, re.sub(r"\r?\n[ \t]+", "", whole), unquote(whole), decoded]


def left_in(data: bytes) -> list[str]:
    """The plants that an artefact still holds."""
    texts = [v.lower() for v in views(data)]
    digits = [re.sub(r"[().\- ]", "", t) for t in texts]
    return [p for p in plants() if _is_in(p, texts, digits)]


def _is_in(plant: str, texts: list[str], digits: list[str]) -> bool:
    bare = unquote(plant).lower()
    if len(bare) < 6:
        return any(re.search(rf"(?<![\w.]){re.escape(bare)}(?![\w.])", t) for t in texts)
    number = re.sub(r"\D", "", bare)
    if len(number) >= 7 and not re.search(r"[a-z:.]", bare):
        return any(number in d for d in digits)
    return any(bare in t or bare[::-1] in t for t in texts)


def test_there_are_plants_enough() -> None:
    assert len(list(plants())) >= 580
    assert len(set(plants())) > 500


@pytest.mark.parametrize("name", INPUTS)
def test_every_plant_is_in_the_input(name: str) -> None:
    """Else what follows would prove nothing."""
    assert len(left_in(INPUTS[name]())) >= 7


@pytest.mark.parametrize("mode", [Mode.ON, Mode.STRICT])
@pytest.mark.parametrize("name", INPUTS)
def test_no_plant_is_in_a_redacted_copy(name: str, mode: Mode) -> None:
    redactor = Redactor(KEY, mode)
    done = redact_file(INPUTS[name](), name, redactor)
    assert left_in(done.data) == []
    search(done.data, redactor.ledger, done.kind)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("planted")
    for name, make in INPUTS.items():
        (place / name).write_bytes(make())
    capture, record = of("file")
    (place / capture.text).write_bytes(udp_capture())
    (place / record.text).write_bytes(json_record())
    return place


@pytest.mark.parametrize("form", FORMATS)
def test_no_plant_is_in_a_report(folder: Path, form: str) -> None:
    done = CliRunner().invoke(
        app, ["diagnose", str(folder), "--format", form, "--redact", "on", "--calls", "all", "-v", "--fail-on", "never"]
    )
    assert done.exit_code in (0, 2), done.output
    assert done.stdout
    assert left_in(done.stdout.encode("utf-8", "replace")) == []


def test_no_plant_is_in_a_folder_that_the_command_writes(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["redact", str(folder), "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    written = sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert len(written) == len(INPUTS) + 2
    assert left_in("\n".join(p.name for p in written).encode()) == []
    assert [left_in(p.read_bytes()) for p in written] == [[]] * len(written)


@pytest.mark.parametrize(
    "secret", [p for x in lines() if "nonce" in x.text or "password" in x.text for p in x.plants if len(p) > 9]
)
def test_a_secret_cannot_be_had_back_even_with_the_key(secret: str) -> None:
    """What stands for it is the same whatever it was, but for its length."""
    redactors = Redactor(KEY), Redactor(bytes(32))
    assert redactors[0].secret(secret) == redactors[1].secret("?" * len(secret))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        assert archive.comment == b""
        return {i.filename: archive.read(i) for i in archive.infolist()}


@pytest.mark.parametrize("mode", ["on", "strict"])
def test_no_plant_is_in_a_bundle(folder: Path, tmp_path: Path, mode: str) -> None:
    done = run("bundle", folder, "-o", tmp_path / "case.zip", "--redact", mode)
    assert done.exit_code == 0, done.output
    found = members(tmp_path / "case.zip")
    read = [i for i in examine([str(folder)]).inputs if not i.failed]
    assert sum(n.startswith("inputs/") for n in found) == len(read) >= len(INPUTS)
    assert {"manifest.json", "report.html", "report.json"} < set(found)
    assert left_in("\n".join(found).encode()) == []
    assert {n: left for n, data in found.items() if (left := left_in(data))} == {}


@pytest.mark.parametrize("name", ["udp.pcap", "tcp.pcap", "all.pcapng"])
def test_no_plant_is_in_an_extract(folder: Path, tmp_path: Path, name: str) -> None:
    done = run("extract", folder / name, "--call", "1", "-o", tmp_path / "x.pcapng")
    assert done.exit_code == 0, done.output
    assert [p.name for p in tmp_path.iterdir()] == ["x.pcapng"]
    assert left_in((tmp_path / "x.pcapng").read_bytes()) == []


@pytest.mark.parametrize("form", ["text", "svg", "mermaid", "csv"])
@pytest.mark.parametrize("name", [*(n for n in INPUTS if n.endswith((".pcap", ".pcapng", ".txt"))), ""])
def test_no_plant_is_in_a_drawing(folder: Path, tmp_path: Path, form: str, name: str) -> None:
    done = run("flow", folder / name, "--format", form, "-o", tmp_path / "drawing")
    assert done.exit_code == 0, done.output
    assert left_in((tmp_path / "drawing").read_bytes()) == []


@pytest.mark.parametrize("command", ["diagnose", "lint"])
@pytest.mark.parametrize("form", FORMATS)
def test_no_plant_is_in_a_report_in_a_file(
    folder: Path, tmp_path: Path, command: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are redacted unless asked otherwise; a map is written only where it is asked for."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    done = run(command, folder, "-o", f"{form}={tmp_path / 'report'}", "--redact", "on", "-v")
    assert done.exit_code in (0, 1, 2), done.output
    assert {p.name for p in tmp_path.iterdir()} <= {"report", "summary"}
    for file in tmp_path.iterdir():
        assert left_in(file.read_bytes()) == []


@pytest.mark.parametrize("more", [(), ("--diagnose",)])
def test_no_plant_is_in_a_baseline(folder: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    """But for the names of files, without which it could not tell whose finding is known."""
    done = run("baseline", "write", tmp_path / "base.json", folder, *more)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "base.json").read_text("utf-8")
    for file in folder.iterdir():
        text = text.replace(file.name, "")
    assert left_in(text.encode()) == []
