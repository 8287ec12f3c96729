from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.values import Identity, Text, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("notify-rejected-by-transferor", "notify-unanswered", "no-final-notify"),
    refs=("RFC 3515 2.4.4", "RFC 6665 4.2.2"),
    refuted_by="a NOTIFY that passes the proxy",
)
def notify_not_routed_by_proxy_in_config(trunk: Trunk) -> Iterator[Finding]:
    """The proxy does not let NOTIFY pass

    The outcome of a transfer comes as NOTIFY inside the dialog of the REFER. A list of methods that leaves it out, or a
    rule that answers it, keeps it from the transferor, who never learns what became of the transfer.

    Bad:

        request_route {
            if (!is_method("INVITE|ACK|BYE|CANCEL|REFER")) {
                sl_send_reply("405", "Method Not Allowed");
                exit;
            }
            if (has_totag() && loose_route()) { t_relay(); exit; }
            record_route();
            t_relay();
        }

    Good:

        request_route {
            if (!is_method("INVITE|ACK|BYE|CANCEL|REFER|NOTIFY")) {
                sl_send_reply("405", "Method Not Allowed");
                exit;
            }
            if (has_totag() && loose_route()) { t_relay(); exit; }
            record_route();
            t_relay();
        }
    """
    if trunk.notify.value != "deny":
        return
    option = trunk.option(trunk.notify.setting)
    yield Finding(
        "{trunk} lets no NOTIFY pass: {setting} is {value}",
        trunk=Identity(str(trunk.name) or trunk.id),
        setting=Word(trunk.notify.setting),
        value=option.value if option is not None else Text("against it"),
        at=trunk.notify.where or trunk.where,
        fix="let NOTIFY pass like any request of a dialog: loose routing before the list of methods, or NOTIFY in that list",
    )
