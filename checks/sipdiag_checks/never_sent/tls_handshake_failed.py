from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Expectation, Trunk
from sipdiag.facts.connections import after_answer, named_peer, repaired, tls_failed
from sipdiag.facts.logged import disproved, logged_of_signalling
from sipdiag.facts.profile import Profile
from sipdiag.facts.stated import LONGEST
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import TLS_FAILED
from sipdiag.raw import Connection
from sipdiag.values import Address, Host, Text, Word

_TLS_PORT = 5061
_FIXES = {
    "certificate_expired": "renew the certificate of {server}",
    "bad_certificate": "renew or replace the certificate of {server}: its client refuses it",
    "certificate_unknown": "replace the certificate of {server} by one that its client can verify",
    "unknown_ca": "let {server} send its whole chain, from an authority that its client trusts",
    "unsupported_certificate": "give {server} a certificate of a kind that its client takes",
    "unrecognized_name": "give {server} a certificate for the name it is called by, or call it by the name it has",
    "protocol_version": "enable a TLS version that both sides have (1.2 or 1.3)",
    "handshake_failure": "enable a cipher suite that both sides have, and the client certificate where one is asked for",
    "certificate_required": "give {client} the client certificate that {server} asks for",
}


@check(
    stage=Stage.EMITTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("signalling-connection-closed", "no-connection-for-transport", "tcp-connection-refused"),
    refs=("RFC 8446 6", "RFC 5922 7", "RFC 3261 26.3.1"),
    refuted_by="a TLS connection between the same hosts that carries SIP",
)
def tls_handshake_failed(
    transfer: Transfer,
    trunk: Trunk | None,
    profile: Profile | None,
    expectation: Expectation,
) -> Iterator[Finding | CannotTell]:
    """The TLS handshake of a signalling connection failed

    No SIP, and so no REFER, passes a TLS connection whose handshake does not end: the certificate expired, is not
    trusted or names another host, or both sides share no version. Up to TLS 1.2 the alert says it; in TLS 1.3 the
    alert is encrypted, and only who closed after which flight can be told.

    Bad:

        expect transfer
        tls caller -> carrier:5061 version=1.2 alert=certificate_expired by=client

    Bad:

        # The call came over one connection, and its Contact asks for another.
        expect transfer
        transport tls
        caller contact sip:+15550100123@198.51.100.10:5061;transport=tls
        call
        tls agent -> caller:5061 version=1.2 alert=unknown_ca by=client
        +30s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        expect transfer
        tls caller -> carrier:5061 version=1.2 established=yes
    """
    if transfer.sent:
        return
    said = logged_of_signalling(TLS_FAILED, transfer)
    if said is not None and not disproved(said, transfer):
        yield Finding(
            "the log says: {line}",
            line=Text(said.text[:LONGEST]),
            at=said.frame,
            fix="compare certificate, names, trusted authorities and TLS versions of both sides",
        )
        return
    every = transfer.around.connections
    leg = transfer.leg
    # The signalling of a call that stands passes: what fails then is a connection of its ends that the REFER needs.
    opened = after_answer(leg, every) if leg is not None and leg.confirmed else every
    failures = [c for c in opened if tls_failed(c) and not repaired(c, every)]
    named = [c for c in failures if named_peer(c, transfer, trunk, profile)]
    unnamed = [c for c in failures if c.server.port == _TLS_PORT]
    chosen = named or unnamed
    if not chosen:
        return
    peers = {c.server for c in chosen}
    sure = bool(named) or (len(peers) == 1 and expectation.transfer)
    yield _finding(chosen[0], None if sure else Severity.WARNING)


def _finding(c: Connection, severity: Severity | None) -> Finding:
    tls = c.tls
    assert tls is not None  # noqa: S101 - only connections with TLS are judged
    opened = c.opened.time
    expired = tls.certificate_expires is not None and opened is not None and tls.certificate_expires < opened
    if tls.alert is not None:
        why = tls.alert.replace("_", " ")
        sender = {True: "client", False: "server", None: "one side"}[tls.alert_by_client]
        words = "TLS handshake with {server} failed: the {sender} sent alert {why}"
        at = tls.alert_frame or c.opened
    else:
        sender = {True: "client", False: "server", None: "one side"}[c.closed_by_client]
        why = f"after {tls.client_flights} flights of the client and {tls.server_flights} of the server"
        words = "TLS handshake with {server} failed: the {sender} closed {why}"
        at = c.closed or c.opened
    because = [Because("the connection was opened", at=c.opened)]
    if expired:
        because.append(Because("the certificate of the server had expired", at=at))
    if tls.server_name:
        because.append(Because("the client asked for {name}", at=c.opened, name=Host(tls.server_name)))
    if tls.certificate_names:
        because.append(
            Because("the certificate names {names}", at=at, names=Host(", ".join(tls.certificate_names[:3])))
        )
    fix = _FIXES["certificate_expired"] if expired else _FIXES.get(tls.alert or "", "")
    return Finding(
        words,
        server=Address(str(c.server)),
        client=Address(c.client.host),
        sender=Word(sender),
        why=Text(why),
        at=at,
        because=because,
        fix=fix or "compare certificate, names, trusted authorities and TLS versions of {client} and {server}",
        severity=severity,
    )
