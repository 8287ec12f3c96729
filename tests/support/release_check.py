"""Before a release: `python -m tests.support.release_check PATH…` compares diagnoses before and after redaction.

A file is a case of its own; of a folder, every sub-folder is one, or the folder itself where it has none, with its
captures one by one. Prints what differs and ends with 1. The key is the same in every run, unless SIPDIAG_CASE_KEY says
another.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sipdiag.pipeline import Options, examine
from sipdiag.redaction import Mode, Redactor
from sipdiag.redaction.files import RefusedError, redact_file
from sipdiag.redaction.redactor import case_key
from sipdiag.redaction.verify import LeakError, search
from sipdiag.sources.captures import CaptureError
from sipdiag.sources.hexdump import FORMAT as HEXDUMP
from sipdiag.sources.traces.formats.tcpdump import FORMAT as TCPDUMP
from tests.support.diagnosis import essence, outcomes


def cases(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    below = sorted(p for p in path.iterdir() if p.is_dir())
    yield from below or sorted(p for p in path.iterdir() if p.suffix in (".pcap", ".pcapng", ".txt", ".log", ".json"))


_OCTETS = frozenset({HEXDUMP, TCPDUMP.name})  # formats whose copies hold their messages alone, at other lines


def differences(case: Path, mode: Mode) -> list[str]:
    """What the diagnosis of the redacted copy of a case says otherwise, or what leaked."""
    redactor = Redactor(case_key({"SIPDIAG_CASE_KEY": "release check", **os.environ}), mode)
    files = [case] if case.is_file() else sorted(p for p in case.rglob("*") if p.is_file())
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / case.name
        for last in (False, True):
            for file in files:
                target = copy if case.is_file() else copy / file.relative_to(case)
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    done = redact_file(file.read_bytes(), file.name, redactor)
                    if last:
                        search(done.data, redactor.ledger, done.kind)
                except (RefusedError, CaptureError) as error:
                    return [f"refused: {file.name}: {error}"]
                except LeakError as error:
                    return [f"leak: {file.name}: {error}"]
                target.write_bytes(done.data)
        found = []
        for options in (Options(), Options(expect_refer=True)):
            reports = [examine([str(p)], options) for p in (case, copy)]
            told = outcomes if any(i.format in _OCTETS for i in reports[0].inputs) else essence
            before, after = (told(r) for r in reports)
            found += [f"- {a}\n  + {b}" for a, b in zip(before, after, strict=False) if a != b]
            if len(before) != len(after):
                found.append(f"{len(reports[0].verdicts)} transfers before, {len(reports[1].verdicts)} after")
    return found


def main(paths: list[str]) -> int:
    count = bad = 0
    for path in paths:
        for case in cases(Path(path)):
            count += 1
            wrong = [(mode, found) for mode in (Mode.ON, Mode.STRICT) if (found := differences(case, mode))]
            bad += bool(wrong)
            for mode, found in wrong:
                print(f"{case} ({mode.value})", *found, sep="\n  ")
    print(f"{count} cases, {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
