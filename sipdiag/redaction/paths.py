"""Names of files for redacted copies: what a name tells of a file stays, what it tells of somebody does not.

Words are replaced as those of any text are, so that a file which another one includes is called there as it is called
itself. Of what is left, a name keeps what the copies of documents tell all the same, and words for kinds of files: it
gives nothing away that its case does not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sipdiag.redaction import kept
from sipdiag.redaction.verify import LeakError, search

if TYPE_CHECKING:
    from sipdiag.redaction.redactor import Redactor

_TELLING = frozenset(
    (
        ".json", ".jsonl", ".yaml", ".yml", ".toml", ".xml", ".fsxml", ".conf", ".ini", ".cfg", ".ael", ".lua", ".log",
        ".txt", ".trace", ".sip", ".pcap", ".pcapng", ".cap",
    )
)  # fmt: skip
_PACKED = (".gz", ".zst")  # copies are not
_CAPTURES = (".pcap", ".pcapng", ".cap")
_STRANGE = re.compile(r"[^\w.+()\- /]")
_RUN = re.compile(r"[^\W_]+")
_SHORTEST = 2  # characters of a word that could name somebody
_LONGEST = 120  # characters of a path


def shared_folder(paths: Sequence[str]) -> str:
    """The innermost folder that all files lie in; empty where there is none."""
    try:
        return os.path.commonpath([os.path.dirname(os.path.abspath(p)) for p in paths])
    except ValueError:  # nothing, or on several drives
        return ""


def words_of(texts: Iterable[bytes]) -> frozenset[str]:
    """The words that stand in copies."""
    return frozenset(w.lower() for t in texts for w in _RUN.findall(t.decode("utf-8", "replace")))


def redacted_path(path: str, folder: str, redactor: Redactor, told: Container[str], form: str = "") -> str:
    """The path of a copy below the folder, with `/` between its parts; empty where it has none, or an odd one.

    `told` are words that may stay, `form` is the ending of a capture's copy. It is to be asked for when everything has
    been redacted: only then all names are known.
    """
    whole = os.path.abspath(path)
    if path == "-" or not folder or os.path.commonpath((folder, whole)) != folder:
        return ""
    parts = os.path.relpath(whole, folder).replace(os.sep, "/").split("/")
    for packed in _PACKED:
        parts[-1] = parts[-1].removesuffix(packed)
    *above, last = parts
    name, ending = _redacted(last, redactor, told), PurePosixPath(last).suffix
    if ending.lower() in _TELLING:
        name = PurePosixPath(name).stem + ending
    if form and ending.lower() not in _CAPTURES:
        name += form
    found = _STRANGE.sub("_", "/".join((*(_redacted(part, redactor, told) for part in above), name)))
    strange = len(found) > _LONGEST or any(not part.strip(". ") for part in found.split("/"))
    return found if not strange else ""


def _redacted(part: str, redactor: Redactor, told: Container[str]) -> str:
    own = {w.lower() for w in _RUN.findall(part)}

    def harmless(match: re.Match[str]) -> str:
        run = match[0]
        if run.lower() not in own or run.lower() in told or kept.names_a_file(run) or len(run) < _SHORTEST:
            return run
        return redactor.pseudonyms.word(run)

    return _RUN.sub(harmless, redactor.text(part))


def tell_nobody(paths: Iterable[str], redactor: Redactor) -> bool:
    """Whether nothing that was replaced or removed stands in these names."""
    try:
        search("\n".join(paths).encode(), redactor.ledger, "text")
    except LeakError:
        return False
    return True
