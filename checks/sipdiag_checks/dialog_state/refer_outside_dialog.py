from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.dialog_state import ended_before, sent_before_answer
from sipdiag.facts.hangups import crosses
from sipdiag.facts.leg import Leg
from sipdiag.facts.refusal import Refusal, refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.header import TargetDialog
from sipdiag.values import Text, Token


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected",),
    refs=("RFC 3261 12.2.2", "RFC 3515 2.4.2"),
    refuted_by="a 2xx to the REFER",
)
def refer_outside_dialog(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER matches no call of its receiver

    481: Call-ID and tags of the REFER name no dialog that the receiver has. The tags are wrong, the call had ended, or
    the REFER reached another node than the call. Where the other side's BYE was on its way when the REFER left, the two
    crossed, and neither sender could know.

    Bad:

        call
        caller -> agent BYE
        agent -> caller 200 OK
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 481 Call/Transaction Does Not Exist

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    said = refusal(transfer, (481,))
    if said is None or transfer.leg is None:
        return
    leg = transfer.leg
    if sent_before_answer(leg, said.refer) is not None:
        return  # there was no dialog yet: a cause of its own
    bye = ended_before(leg, said.refer)
    message = said.refer.message
    crossed = bye is not None and crosses(transfer, bye, said.refer)
    if bye is not None and crossed:
        why, owner = Text("the other side was hanging up, and its BYE and the REFER crossed"), None
        because = [Because("the BYE, not answered yet when the REFER left", at=bye.at)]
        fix = "nothing to mend in the REFER: where this repeats, see why the other side hangs up just then"
    elif bye is not None:
        why = Text("the call had been ended")
        because = [Because("the BYE that ended the call", at=bye.at)]
        fix = "send the REFER while the call is up, and keep it up until the final NOTIFY"
        owner = None
    elif message.target_dialog is not None and _stands_beside(said, leg):
        why, because, owner = _of_target_dialog(message.target_dialog, said, leg)
        fix = "name the call by its Call-ID and both of its tags in Target-Dialog, at the node that holds the call"
    elif not message.to_tag:
        why, owner = Text("it has no To tag"), None
        because = [Because("To of the REFER is {to}", at=said.refer.at, to=Text(message.get("To") or ""))]
        fix = "send the REFER inside the dialog, with the tags of the INVITE and its 200"
    elif (leg.invite is not None and not leg.tags_known(message)) or _strange(leg, said):
        tags = sorted({leg.caller_tag, *leg.callee_tags} - {""})
        why, owner = Text("its tags are not those of the call"), None
        because = [
            Because("the REFER has From tag {one} and To tag {other}", at=said.refer.at,
                    one=Token(message.from_tag or ""), other=Token(message.to_tag)),
            Because("the call has {tags}", at=leg.first.frame, tags=Token(", ".join(tags))),
        ]  # fmt: skip
        fix = "send the REFER with the tags of the INVITE and its 200"
    else:
        why = Text("Call-ID and tags are those of the call, so the receiver has lost it, or it is another node")
        because = [Because("the REFER with the dialog's own tags", at=said.refer.at)]
        owner = Owner.CARRIER if leg.answer is not None else None
        fix = "let every request of a call reach the node that holds it (record-route, sticky balancing)"
    yield Finding(
        "REFER answered {status} {reason} by {by}: {why}",
        status=said.status,
        reason=said.reason,
        by=said.by,
        why=why,
        at=said.at,
        because=because,
        fix=fix,
        owner=owner,
        blameless=crossed,
    )


def _stands_beside(said: Refusal, leg: Leg) -> bool:
    """Whether a REFER is in a dialog of its own and names the call by Target-Dialog (RFC 4538)."""
    return said.refer.call_id != leg.call_id


def _of_target_dialog(target: TargetDialog, said: Refusal, leg: Leg) -> tuple[Text, list[Because], Owner | None]:
    tags = {leg.caller_tag, *leg.callee_tags}
    because = [Because("Target-Dialog of the REFER is {value}", at=said.refer.at,
                       value=Token(said.refer.message.get("Target-Dialog") or ""))]  # fmt: skip
    if {target.local_tag, target.remote_tag} <= tags and target.local_tag != target.remote_tag:
        return (
            Text("its Target-Dialog names the call, so the receiver has lost it, or it is another node"),
            because,
            Owner.CARRIER,
        )
    because.append(Because("the call has {tags}", at=leg.first.frame, tags=Token(", ".join(sorted(tags - {""})))))
    return Text("the tags in its Target-Dialog are not those of the call"), because, None


def _strange(leg: Leg, said: Refusal) -> bool:
    """Whether To and From tag of the REFER were never seen in one dialog other than in the REFER itself."""
    others = [t for t in leg.transactions if t is not said.refer and t.method != "REFER"]
    message = said.refer.message
    pair = {message.from_tag, message.to_tag}
    seen = [m for t in others for m in (t.message, *(r.message for r in t.responses))]
    return bool(seen) and not any({m.from_tag, m.to_tag} == pair for m in seen)
