from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile, Statement
from sipdiag.facts.refusal import REFER_TO_CODES, Refusal, bite, refusal
from sipdiag.facts.route import far_host, own_hosts
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.uri import Uri
from sipdiag.values import Text, UriText

_SCHEME = frozenset({400, 416})
_FEWEST = 7  # digits: fewer are an extension, and the host is where it lives
_OWN_ADDRESS = frozenset({400, 403, 404, 416, 488, 603, 604})


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=(
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
        "no-final-notify",
        "target-leg-never-placed",
    ),
    refs=("RFC 3515 2.1", "RFC 3261 21.4.14", "RFC 3966"),
    refuted_by="a 2xx to the same form of URI",
)
def refer_to_uri_form_rejected_by_trunk_on_the_wire(
    transfer: Transfer, profile: Profile | None
) -> Iterator[Finding | CannotTell]:
    """Refer-To is legal, and not what this receiver takes

    tel: towards a receiver that wants sip:, a number at the transferring side's own address instead of the trunk's
    domain, a foreign domain: the URI is well formed, and the receiver cannot or will not dial it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <tel:+15550100188>
        caller -> agent 416 Unsupported URI Scheme

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
        caller -> agent 202 Accepted
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    if refer is None or refer_to is None or refer_to.uri is None:
        return
    if any(f.kind not in ("missing-user", "missing-angle-brackets") for f in refer_to.faults):
        return
    uri, said = refer_to.uri, refusal(transfer, REFER_TO_CODES)
    stated = _stated(transfer, uri, said, profile)
    why = _why(transfer, uri, said)
    if stated is None and why is None:
        return
    bit = bite(transfer, failed=REFER_TO_CODES)
    because = bit.proof(Because)
    stage, severity = bit.stage, bit.severity
    if stated is not None:
        because.append(Because("{words}", at=None, words=Text(stated.words)))
        if severity is not Severity.ERROR and transfer.accepted:
            stage = Stage.COMPLETED
        severity = Severity.ERROR
        if why is None:
            severity = Severity.ERROR if stated.certain else Severity.INFO
    if severity is Severity.WARNING:
        return
    yield Finding(
        "Refer-To is {value}: {why}",
        value=UriText(refer_to.uri_text),
        why=Text(why or "its receiver does not take this form"),
        at=refer.at,
        because=because,
        fix="write the destination in the form that the receiver takes, mostly <sip:number@its-own-domain>",
        stage=stage,
        severity=severity,
    )


def _why(transfer: Transfer, uri: Uri, said: Refusal | None) -> str | None:
    """What in the form drew this very answer, where the wire alone tells."""
    status = said.status if said is not None else transfer.target_status if transfer.accepted else None
    if status is None or status < 300:
        return None
    if not uri.is_sip and status in _SCHEME:
        return f"{uri.scheme}: was answered {status}"
    if uri.scheme == "sips" and status == 416:
        return "sips: was answered 416"
    phone = uri.is_sip and len((uri.number or "").lstrip("+")) >= _FEWEST
    if phone and status in _OWN_ADDRESS and uri.host_key in _own_names(transfer):
        return f"a number at the transferring side's own host was answered {status}"
    if said is not None and said.says("domain", "host part", "scheme", "unsupported uri", "tel uri", "tel:", "sip uri"):
        return f"its receiver says {said.status} {said.reason}"
    return None


def _own_names(transfer: Transfer) -> set[str]:
    """The hosts at which only the transferring side is known, by its packets, Contact and Via.

    The domain in its From or To is not its own: it mostly is that of the trunk or PBX.
    """
    leg, refer, side = transfer.leg, transfer.decisive, transfer.transferor
    if leg is None or refer is None or side is None:
        return set()
    others = far_host(leg, side.other)
    for hop in refer.hops:
        others |= {hop.destination.host} if hop.destination is not None else set()
    uris = [refer.message.uri, *(r.uri for r in refer.message.routes)]
    others |= {u.host_key for u in uris if u is not None}
    return own_hosts(transfer) - others - {""}


def _stated(transfer: Transfer, uri: Uri, said: Refusal | None, profile: Profile | None) -> Statement | None:
    """The profile's statement that this form ends as this transfer did."""
    if profile is None:
        return None
    statement = profile.refer_to(profile.form_of(uri))
    if statement is None or statement.value == "taken":
        return None
    value = str(statement.value)
    if said is not None:
        return statement if value in (str(said.status), "refused") else None
    status = transfer.target_status
    if value.startswith("202-then-") and transfer.accepted and status is not None:
        return statement if value.endswith(str(status)) else None
    if value == "202-then-silence" and transfer.accepted and not transfer.targets and transfer.absent_outcome().yes:
        return statement
    return None
