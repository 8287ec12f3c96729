"""`sipdiag extract`: the frames of one transfer or call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sipdiag import __version__
from sipdiag.cli.options import KeepOption, KeylogOption, RedactOption, TlsKeyOption, WriteMapOption
from sipdiag.cli.redaction import Masking
from sipdiag.cli.stop import stop
from sipdiag.cli.untouched import check_apart, untouched

if TYPE_CHECKING:
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show
    from sipdiag.verdict import Verdict


def extract(
    capture: Annotated[Path, typer.Argument(metavar="CAPTURE", help="a pcap or pcapng file")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="the pcapng file to write")],
    transfer: Annotated[int | None, typer.Option(metavar="N", help="the transfer, by its number")] = None,
    call: Annotated[str | None, typer.Option(metavar="CALL-ID|N", help="the call, by its Call-ID or number")] = None,
    expect_transfer: Annotated[bool, typer.Option("--expect-transfer", help="a transfer was meant")] = False,
    keylog: KeylogOption = None,
    tls_key: TlsKeyOption = None,
    redact: RedactOption = None,
    keep: KeepOption = None,
    write_map: WriteMapOption = None,
) -> None:
    """Write only the frames of one transfer or call.

    All its legs, with the findings as packet comments.
    """
    from sipdiag.artefacts.extract import commented, redacted, sealed, wanted
    from sipdiag.artefacts.extract import extract as frames_of
    from sipdiag.artefacts.files import WriteError, check_writable, write_file
    from sipdiag.pipeline import Options, examine
    from sipdiag.redaction import Mode
    from sipdiag.redaction.captures import redact_capture
    from sipdiag.redaction.sealed import ENDING, sealed_trace
    from sipdiag.redaction.verify import LeakError, search
    from sipdiag.redaction.when import LIMIT
    from sipdiag.reports.flow import NothingToDrawError, choose
    from sipdiag.reports.show import Show
    from sipdiag.sources.captures import CaptureError
    from sipdiag.sources.inputs import Reading
    from sipdiag.verdict import Verdict

    masking, inputs = Masking(redact, tuple(keep or ()), write_map), untouched([str(capture)], (keylog, tls_key))
    mode = masking.mode("extract", to_file=True)
    beside = output.with_name(f"{output.name}{ENDING}")
    try:
        check_writable(output, inputs)
        masking.check_map(inputs)
        check_apart((output, write_map, beside))
        report = examine(
            [str(capture)], Options(expect_transfer=expect_transfer, reading=Reading(keylog=keylog, tls_key=tls_key))
        )
        source = next((i for i in report.inputs if not i.failed), None)
        if source is None:
            stop(f"{capture}: {report.inputs[0].problems[0] if report.inputs else 'nothing to read'}")
        if source.kind != "capture":
            stop(f"{capture}: a {source.kind}; extract cuts captures only")
        chosen = choose(report, transfer, call)
        if len(chosen) > 1:
            stop(
                f"there are {len(report.verdicts)} transfers and {len(report.calls)} calls: name one with --transfer or --call"
            )
        _, drawing, subject = chosen[0]
        legs = [leg for c in report.calls if c is subject or any(x in drawing.legs for x in c.legs) for leg in c.legs]
        legs = list({id(x): x for x in (*drawing.legs, *legs)}.values())
        messages = wanted(legs, source.id)
        verdict = subject if isinstance(subject, Verdict) else None
        frames, show, opened = frames_of(capture, messages, _events(report, verdict)), Show(), b""
        if mode is not Mode.OFF:
            redactor = masking.redactor(mode)
            opened = sealed_trace(sealed(legs, source.id, frames), redactor)
            if opened:
                check_writable(beside, inputs)
            frames, show = redacted(frames, lambda data: redact_capture(data, redactor)), Show(redactor)
        data = commented(frames, _comments(report, verdict, show), f"sipdiag {__version__}")
        if mode is not Mode.OFF:
            search(data, masking.redactor(mode).ledger, "capture")
            search(opened, masking.redactor(mode).ledger, "trace")
        replaced = write_file(output, data, inputs=inputs)
        if opened:
            write_file(beside, opened, inputs=inputs)
        masking.finish(inputs)
    except (NothingToDrawError, CaptureError, WriteError) as error:
        stop(str(error))
    except LeakError as error:
        stop(f"nothing was written: {error}", code=3)
    typer.echo(
        f"sipdiag: {'replaced' if replaced else 'wrote'} {output}: {len(frames)} of {source.frames} frames, "
        f"{len(messages)} SIP messages"
        + (f", and {beside.name}: what the keys open" if opened else "")
        + (f", redacted. {LIMIT}" if mode is not Mode.OFF else ", as they were"),
        err=True,
    )


def _events(report: Report, verdict: Verdict | None) -> set[int]:
    """Openings and ends of the connections between the parties, and what ICMP said of them."""
    if verdict is None or verdict.transfer.leg is None:
        return set()
    hosts = {e.host for h in verdict.transfer.leg.hops for e in (h.source, h.destination) if e is not None}
    around = verdict.transfer.around
    found = [
        f
        for c in around.connections
        if {c.client.host, c.server.host} <= hosts
        for f in (c.opened, c.closed)
        if f is not None
    ]
    found += [u.frame for u in around.unreachables if {u.source.host, u.destination.host} <= hosts]
    return {f.number for f in found if f.number is not None}


def _comments(report: Report, verdict: Verdict | None, show: Show) -> dict[int, list[str]]:
    """What was found, at the frame that proves it, and the verdict at the first."""
    from sipdiag.places import Frame
    from sipdiag.reports.words import summary

    if verdict is None:
        return {}
    said = dict[int, list[str]]()

    def say(at: object, words: str) -> None:
        if isinstance(at, Frame) and at.number is not None:
            said.setdefault(at.number, []).append(words)

    if verdict.transfer.leg is not None:
        say(verdict.transfer.leg.first.frame, f"{verdict.outcome.value}: {summary(verdict, show)}")
    for found in verdict.findings:
        finding = found.finding
        say(finding.at, f"{found.severity.slug} {found.check.id}: {show.sentence(finding.template, finding.values)}")
        for because in finding.because:
            say(because.at, f"{found.check.id}: {show.sentence(because.template, because.values)}")
    return said
