from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.edit import Switch
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.INFO, owner=Owner.CONFIG)
def sip_messages_not_stored(trunk: Trunk) -> Iterator[Finding | CannotTell]:
    """The platform is told not to keep its SIP messages

    The platform could keep the SIP messages of every call, which is the best evidence short of a capture, and is told
    not to. Switch it on before the next test.

    Bad:

        trunks: [{name: carrier-a, address: sip.example, store_messages: false}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, store_messages: true}]
    """
    if trunk.stores_messages.value is False and trunk.is_sip is not False:
        yield Finding(
            "{setting} is off: the SIP messages of these calls are not kept",
            setting=Word(trunk.stores_messages.setting),
            at=trunk.stores_messages.where or trunk.where,
            fix="switch {setting} on before the next test",
            edit=Switch(trunk.stores_messages.where, on=True) if trunk.stores_messages.where is not None else None,
        )
