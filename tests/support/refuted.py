"""Add to a scenario the message that disproves its fault."""

from __future__ import annotations

import re
from collections.abc import Sequence

_REFER = re.compile(
    r"(?:\+[0-9.]+s |unseen )*(?P<leg>leg\w+: )?(?P<path>\w+(?: -> \w+)+) REFER\b(?P<rest>.*)", re.DOTALL
)
_NEW_INVITE = re.compile(r"(leg\w+): (\w+) -> (\w+) INVITE (\S+)")


def accepted(told: Sequence[str]) -> list[str]:
    """The last REFER once more, with a CSeq above all, and accepted; where there was none, a first one."""
    sent = [m for s in told if (m := _REFER.match(s)) is not None]
    path = sent[-1]["path"].split(" -> ") if sent else ["agent", "caller"]
    rest = re.sub(r"[|\n]?\s*CSeq: [^|\n]*", "", sent[-1]["rest"]) if sent else "  Refer-To: <sip:2003@example.com>"
    sender, receiver = path[0], "caller" if path[0] == "agent" else "agent"
    again = rest + ("\n" if "\n" in rest else "  " if rest == "" else " | ") + "CSeq: 9000 REFER"
    leg = (sent[-1]["leg"] if sent else "") or ""
    answer = f"{leg}{receiver} -> {sender} 202 Accepted  CSeq: REFER"
    return [*told, f"+1s {leg}{sender} -> {receiver} REFER{again}", answer]


def reported(told: Sequence[str]) -> list[str]:
    """A final NOTIFY of success, and the new call answered where one was seen to fail.

    Where a B2BUA passes the REFER on to another leg, the NOTIFY goes to the one whose REFER was the first.
    """
    sent = [m for s in told if (m := _REFER.match(s)) is not None]
    passed_on = bool(sent) and sent[0]["leg"] != sent[-1]["leg"]
    path = sent[0 if passed_on else -1]["path"].split(" -> ") if sent else ["agent"]
    sender, leg = path[0], (sent[0]["leg"] or "") if passed_on else ""
    receiver = path[-1] if passed_on else "caller" if sender == "agent" else "agent"
    told = list(told)
    new = [m for s in told if (m := _NEW_INVITE.match(s)) is not None and m[2] == receiver]
    if new:
        told.append(
            f"leg9: {receiver} -> {new[-1][3]} INVITE {new[-1][4]}  Referred-By: <sip:+15550100171@agent.example>"
        )
        told += [f"leg9: {new[-1][3]} -> {receiver} 200 OK", f"leg9: {receiver} -> {new[-1][3]} ACK"]
    return [*told, f"{leg}{receiver} -> {sender} NOTIFY 200 OK", f"{leg}{sender} -> {receiver} 200 OK  CSeq: NOTIFY"]


def answered(told: Sequence[str]) -> list[str]:
    """The call answered at last."""
    return [*told, "agent -> caller 200 OK  CSeq: INVITE", "caller -> agent ACK"]


def connected(told: Sequence[str]) -> list[str]:
    """Each connection that failed, opened again and used; where only a log tells of it, one of the call's."""
    failed = [s for s in told if s.startswith(("tls ", "tcp "))]
    again = [re.match(r"(tls|tcp) \w+ -> [\w:]+", s) for s in failed]
    working = {"tls": " version=1.3 established=yes", "tcp": " established"}
    if not failed:
        return [*told, "+1s tls agent -> caller version=1.3 established=yes"]
    return [*told, *(f"+1s {m[0]}{working[m[1]]}" for m in again if m is not None)]
