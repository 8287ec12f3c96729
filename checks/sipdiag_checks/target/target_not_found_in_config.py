from __future__ import annotations

from collections.abc import Iterator, Sequence

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination, Trunk
from sipdiag.facts.dialplan import Dialplan, Lookup, look_up
from sipdiag.facts.matching import typed
from sipdiag.facts.onward import DeadEnd, dead_end
from sipdiag.facts.placeholders import is_literal
from sipdiag.facts.uri_text import judged
from sipdiag.places import Read
from sipdiag.stages import Answer
from sipdiag.values import Text


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3261 21.4.5", "RFC 3515 2.4.5"),
    refuted_by="a call that reaches this destination through the same context",
)
def target_not_found_in_config(
    destination: Destination, trunks: tuple[Trunk, ...], dialplans: tuple[Dialplan, *tuple[Dialplan, ...]]
) -> Iterator[Finding | CannotTell]:
    """The PBX has no extension for the destination

    A PBX takes the user of a Refer-To for a number and looks it up in a context of its dialplan: the one that is set for
    transfers, else that of the endpoint. Where nothing there fits, it accepts the REFER and reports 404. An extension that
    only sends the call on to another one, which does not exist, reaches nobody either.

    Bad:

        === pjsip.conf
        [ai-agent]
        type=endpoint
        context=from-ai
        === extensions.conf
        [from-ai]
        exten => 1000,1,Dial(PJSIP/1000)
        === agent.yaml
        agent: {trunk: ai-agent, rules: [{type: sip_refer, to: "sip:+12025550123@pbx.example"}]}

    Good:

        === pjsip.conf
        [ai-agent]
        type=endpoint
        context=from-ai
        === extensions.conf
        [from-ai]
        exten => _+X.,1,Dial(PJSIP/${EXTEN}@carrier)
        === agent.yaml
        agent: {trunk: ai-agent, rules: [{type: sip_refer, to: "sip:+12025550123@pbx.example"}]}
    """
    target = judged(destination)
    if target is None or (destination.rule is not None and destination.rule.wants_refer is False):
        return
    dialled = target.uri.user if target.uri is not None else None
    if not dialled or target.scheme != "sip":
        return
    for trunk in trunks:
        own = [d for d in dialplans if d.platform == trunk.platform]
        contexts = [c for d in own for c in d.transfer_contexts] or list(trunk.contexts[:1])
        if not own or not contexts:
            continue
        found = [_look_up(own, c, dialled.partition(";")[0]) for c in contexts]
        if all(f.answer is Answer.NO for f in found):
            yield Finding(
                "the PBX looks {dialled} up in context {context}, which has no extension for it: the REFER is accepted, and the transfer fails",
                dialled=typed(dialled),
                context=Text(", ".join(str(c) for c in contexts)),
                at=next((p.where for c in contexts for d in own for p in d.named(str(c))), destination.at),
                because=[
                    Because("the destination", at=destination.at),
                    *(Because("here that context is chosen", at=c.where) for c in contexts[:3]),
                ],
                fix="add an extension or pattern for {dialled} to context {context}, or transfer to a number that it has",
            )
        elif any(f.answer is Answer.YES for f in found):
            ends = [dead_end(own, str(c), dialled.partition(";")[0], f) for c, f in zip(contexts, found, strict=True)]
            if ends and ends[0] is not None and all(ends) and not any(d.open_for for d in own):
                yield _sent_nowhere(ends[0], destination, dialled)
        else:
            why = next(f.why for f in found if f.why)
            yield CannotTell(needs=why, at=destination.at, collect=trunk.platform)


def _sent_nowhere(end: DeadEnd, destination: Destination, dialled: str) -> Finding:
    return Finding(
        "the PBX finds {dialled} and sends it on to {onward} in context {context}, which has no extension for it: the "
        "transfer is accepted, and reaches nobody",
        dialled=typed(dialled),
        onward=typed(end.dialled),
        context=Text(end.context),
        at=end.jump.where,
        because=[Because("the destination", at=destination.at)],
        fix="add extension {onward} to context {context}, or send {dialled} on to one that it has",
    )


def _look_up(dialplans: Sequence[Dialplan], context: Read[Text], dialled: str) -> Lookup:
    """Unknown where the context is only named when a call runs, or a file of the dialplan is not given."""
    if not is_literal(str(context)):
        return Lookup(Answer.UNKNOWN, None, f"the value of {context.setting}")
    found = look_up(dialplans, str(context), dialled)
    missing = next((d.open_for for d in dialplans if d.open_for), "")
    return Lookup(Answer.UNKNOWN, None, missing) if found.answer is Answer.NO and missing else found
