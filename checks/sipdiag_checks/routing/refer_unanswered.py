from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.delivery import carried_out, final_absent, hung_up_meanwhile, swallowed, unanswered, unreachable
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Text, Word


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.NETWORK,
    refs=("RFC 3261 17.1.2", "RFC 3515 2.4.2"),
    refuted_by="a final response to the REFER",
)
def refer_unanswered(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """Nobody answers the REFER

    The REFER left and no final response came back: it was repeated in vain, timer F (32 s) ran out, the network reported
    the address unreachable, or a later request of the same call was answered and the REFER was not. Something on the
    way drops it, or the far end is gone.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +0.5s again
        +1s again
        +2s again
        +4s agent -> caller BYE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +0.5s again
        caller -> agent 202 Accepted

    Good:

        # A NOTIFY of the REFER proves that it was accepted: only the capture lacks its 202.
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +1s caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    refer = transfer.decisive
    if refer is None and transfer.torn is not None:
        needs = "the whole REFER: a capture with all fragments and without a limit of length"
        yield CannotTell(needs=needs, at=transfer.torn, collect="capture")
    if refer is None or refer.final is not None:
        return
    proof, shown = unanswered(transfer), transfer.shown_by
    if shown is not None:
        if proof is not None and proof.kind == "repeated":
            yield Finding(
                "no response to the REFER came back, {proof}; a NOTIFY shows that it was accepted",
                proof=Text(proof.words),
                at=refer.at,
                because=[Because("the NOTIFY", at=shown.at)],
                severity=Severity.WARNING,
                fix="look where the response to the REFER is lost: it goes by Via, and the NOTIFY by Contact",
            )
        return
    if carried_out(transfer):
        return
    if proof is None:
        silence = final_absent(transfer, refer)
        needs = f"what came after the REFER: the input ends too soon ({silence.why})"
        if not silence.unknown and hung_up_meanwhile(transfer, refer) is not None:
            needs = "a test in which nobody hangs up: the other side's BYE came as the REFER was sent"
        yield CannotTell(needs=needs, at=refer.at, collect="capture")
        return
    to = refer.first.destination
    error = unreachable(transfer, refer)
    by_itself = error is not None and to is not None and error.reporter == to.host  # the host is there, its SIP is not
    passed = swallowed(transfer, refer)
    shown_at = [Because("{proof}", at=frame, proof=Text(proof.words)) for frame in proof.at[-1:] if frame != refer.at]
    if passed is not None and error is None:
        shown_at.append(
            Because("{to} passed this {method} on", at=passed.at, to=_where(refer), method=Word(passed.method))
        )
    yield Finding(
        "no response to the REFER to {to}: {proof}",
        to=_where(refer),
        proof=Text(proof.words),
        at=refer.at,
        because=shown_at,
        fix="start what listens at {to}, or send the REFER to the address where it listens now"
        if error is not None
        else "let {to} pass the REFER on as it does other requests of the call, or answer it (method lists, proxy rules)"
        if passed is not None
        else "capture at {to} as well, and find the hop that drops the REFER (firewall, proxy rule, dead registration)",
        owner=Owner.CARRIER if by_itself or passed is not None else None,
    )


def _where(refer: Transaction) -> Address | Word:
    to = refer.first.destination
    return Address(str(to)) if to is not None else Word("its peer")
