"""Lists and drawings with one line a message: which messages there were, and nothing of what stood in them.

The packet list of Wireshark and tshark, its flow graph, the ladder of a capture tool, and one drawn by hand. Without
Call-ID, CSeq and tags nobody can say which answer belongs to which request, nor what a NOTIFY reports, so no verdict is
made of one: what it names is told, and what would decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

_MOST_LINES = 20_000
_LONGEST = 400  # characters of a line that are looked at
_METHODS = "INVITE|ACK|BYE|CANCEL|REFER|NOTIFY|SUBSCRIBE|REGISTER|OPTIONS|UPDATE|PRACK|INFO|MESSAGE|PUBLISH"
_OF_CALLS = ("INVITE", "ACK", "BYE", "CANCEL", "REFER", "NOTIFY")  # no words of a log or a sentence, as INFO is
_CODE = r"[1-6]\d\d"
_WORDS = r"(?P<words>(?: [A-Z][A-Za-z'/]{1,24}){0,4})"
_ROW = re.compile(  # `SIP 512 Request: REFER sip:…`, `"SIP/SDP","830","Status: 200 OK`, and tcpdump's `SIP: REFER sip:… SIP/2.0`
    r"\bSIP(?:/[\w./-]{1,40})?\b\W.{0,40}?"
    rf"(?:Request: (?P<method>{_METHODS}) |(?:Status: |SIP/2\.0 )(?P<code>{_CODE}){_WORDS})"
    rf"|: SIP: (?P<request>{_METHODS}) "
)
_ARROW = re.compile(
    r"[-─=]{1,60}>|<[-─=]{1,60}|[→←⟶⟵]|"
    rf"[-─=]{{2,60}} ?(?:{_METHODS}|{_CODE})\b|\|.{{0,80}}\b(?:{_METHODS}|{_CODE} [A-Z]).{{0,80}}\|"
)
_NAMED = re.compile(rf"(?<![\w.:@/-])(?:(?P<method>{_METHODS})|(?P<code>{_CODE}){_WORDS})(?![\w.:@])")


def listed(lines: Sequence[str]) -> str | None:
    """What is said of a list of messages; None where a text is none.

    >>> said = listed(["4 0.5 10.0.0.1 → 10.0.0.2 SIP 430 Request: ACK sip:a@10.0.0.2 |",
    ...                "5 8.4 10.0.0.2 → 10.0.0.1 SIP 512 Request: REFER sip:b@10.0.0.1 |"])
    >>> said.partition(":")[0]
    'a list of messages and not the messages (REFER in line 2)'
    """
    rows = list(_rows(lines))
    if len({words for _, words in rows}) < 2 or not any(words in _OF_CALLS for _, words in rows):
        return None
    refers = [number for number, words in rows if words == "REFER"]
    if refers:
        after = [(n, w) for n, w in rows if n > refers[0] and w[0] in "23456"][:1]
        shown = f"REFER in line {refers[0]}" + "".join(f", then {w} in line {n}" for n, w in after)
    else:
        shown = "no REFER among them"
    return (
        f"a list of messages and not the messages ({shown}): without their headers nobody can tell which belong together; "
        "attach the capture, or the text of 'tshark -r FILE -Y sip -V' (sipdiag explain collect-capture)"
    )


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each line that names a message, with its method, or its status and reason."""
    for number, line in enumerate(islice(lines, _MOST_LINES), 1):
        text = line[:_LONGEST]
        found = _ROW.search(text) or (_NAMED.search(text) if _ARROW.search(text) else None)
        if found is not None:
            told = found.groupdict()
            yield number, told["method"] or told.get("request") or f"{told['code']}{told['words'] or ''}"
