from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.values import Identity


@check(
    stage=Stage.DELIVERED,
    severity=Severity.WARNING,
    owner=Owner.CARRIER,
    refs=("RFC 3261 16.6", "RFC 3261 12.2.1.1"),
    refuted_by="a Record-Route of the proxy in the INVITE that it relays",
)
def route_set_wrong_in_config(trunk: Trunk) -> Iterator[Finding]:
    """The proxy does not stay in the route of its calls

    A proxy that relays an INVITE without adding Record-Route takes no part in the rest of the call: a later REFER has no
    Route and goes around it, or is refused by it because it asks for one. An error where it joins two transports, which
    then cannot be done for the REFER.

    Bad:

        request_route {
            if (has_totag()) {
                if (loose_route()) { t_relay(); exit; }
                sl_send_reply("404", "Not here");
                exit;
            }
            t_relay();
        }

    Good:

        request_route {
            if (has_totag()) {
                if (loose_route()) { t_relay(); exit; }
                sl_send_reply("404", "Not here");
                exit;
            }
            record_route();
            t_relay();
        }
    """
    if trunk.records_route.value is not False or not trunk.expects_route:
        return
    bridges = len(trunk.transports) > 1
    because = [Because("without Route a request inside a dialog is refused here", at=trunk.expects_route.where)]
    if bridges:
        because.append(Because("it joins two transports", at=trunk.transports[1].where))
    yield Finding(
        "{trunk} relays INVITE without Record-Route: the REFER of the call has no Route, and goes around it or is refused",
        trunk=Identity(str(trunk.name) or trunk.id),
        at=trunk.records_route.where or trunk.where,
        because=because,
        severity=Severity.ERROR if bridges else None,
        fix="call record_route() before the INVITE is relayed",
    )
