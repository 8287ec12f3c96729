"""TwiML and TeXML: <Refer> and <Dial> of a voice application, and what it is told when a REFER has ended.

Telnyx took over the language with its verbs and attributes, and Bandwidth's BXML is near to it: what they have in common is
read here.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.facts.config import Option, RuleHeader, TransferRule, Trunk
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Place, Read
from sipdiag.platforms.parts import host_and_port, kind_of, options, pointer, uri_transport
from sipdiag.platforms.profiles import by_host
from sipdiag.platforms.reading import integer, lower, text
from sipdiag.values import Text, Word

_STATUS = {"completed": True, "success": True, "failed": False, "busy": False, "no-answer": False, "canceled": False}
_NOUNS = ("Sip", "Uri", "SipUri", "Number", "Client", "Queue")
_MOST = 10_000  # elements of one document


def is_response(node: Node) -> bool:
    return text(node, "tag").value == "Response" and "children" in node


def transfers(node: Node) -> bool:
    return any(_tag(e) in ("Refer", "Dial", "Stream") for e in _elements(node))


def of_bandwidth(node: Node) -> bool:
    """Whether a <Refer> is one of BXML: its destination stands in <SipUri>, which the others do not have."""
    refers = (e for e in _elements(node) if _tag(e) == "Refer")
    return any(_tag(_noun(e)) == "SipUri" for e in refers)


def is_callback(node: Node) -> bool:
    """The parameters of the request that follows a <Refer>."""
    return "ReferCallStatus" in node or "ReferTransferTarget" in node or "NotifySipResponseCode" in node


def read_response(node: Node, platform: str) -> tuple[tuple[TransferRule, ...], tuple[Trunk, ...]]:
    rules: list[TransferRule] = []
    trunks: list[Trunk] = []
    for element in _elements(node):
        tag = _tag(element)
        if tag == "Refer":
            rules.append(_rule(element, _noun(element), platform, "refer"))
        elif tag == "Dial":
            noun = _noun(element)
            agent = _agent_of(noun)
            if agent:
                trunks.append(_leg(element, noun, platform))
            else:
                rules.append(_rule(element, noun, platform, "dial"))
        elif tag == "Connect":
            trunks += [_stream(e, platform) for e in _elements(element) if _tag(e) in ("Stream", "ConversationRelay")]
    return tuple(rules), tuple(trunks)


def record(node: Node, platform: str) -> CallRecord:
    """What the action URL of a <Refer> was sent. A missing NotifySipResponseCode means that no NOTIFY came."""
    call, status = text(node, "CallSid"), text(node, "ReferCallStatus")
    answer, report = integer(node, "ReferSipResponseCode"), integer(node, "NotifySipResponseCode")
    succeeded = _STATUS.get(lower(status))
    attempt = ToolCall(
        node.place,
        destination=text(node, "ReferTransferTarget"),
        succeeded=succeeded,
        result=status,
        status=report.value if report else answer.value if (answer.value or 0) >= 300 else None,
        method="refer",
        told=Told(answer, report=report, met=Read() if report else _met(status)),
    )
    return CallRecord(
        str(call) or pointer(node.place),
        platform,
        node.place,
        (str(call),) if call else (),
        text(node, "From"),
        text(node, "To"),
        calls=(attempt,),
        outcome=Read(Word(str(status)), status.where, "ReferCallStatus") if status else Read(),
        transfer_failed=None if succeeded is None else not succeeded,
    )


def _met(status: Read[Text]) -> Read[Word]:
    """What the new call met, in the two words of ReferCallStatus that tell it."""
    word = lower(status)
    return Read(Word(word), status.where, status.setting) if word in ("busy", "no-answer") else Read()


def _tag(node: Node) -> str:
    return text(node, "tag").value or ""


def _elements(node: Node) -> Iterator[Node]:
    """The elements beneath one, in the order of the document."""
    stack, seen = list(reversed(list(node.get("children") or ()))), 0
    while stack and seen < _MOST:
        element = stack.pop()
        seen += 1
        yield element
        stack.extend(reversed(list(element.get("children") or ())))


def _noun(element: Node) -> Node:
    """What a verb is applied to: its first <Sip>, <Number> …, or its own text."""
    return next((e for e in _elements(element) if _tag(e) in _NOUNS), element)


def _rule(verb: Node, noun: Node, platform: str, method: str) -> TransferRule:
    written = text(noun, "text", setting=_tag(noun))
    uri, _, parameters = str(written).partition("?")
    destination = Read(Text(uri), written.where, written.setting) if written else written
    kind, literal = kind_of(destination.value, "phone" if _tag(noun) in ("Number", "Dial") else "unknown")
    if _tag(noun) in ("Sip", "Uri", "SipUri") and literal and kind == "unknown":
        kind = "sip-uri"
    attributes = verb.get("attributes")
    return TransferRule(
        pointer(verb.place),
        platform,
        verb.place,
        Read(Word(method), verb.place, f"<{_tag(verb)}>"),
        None,
        destination,
        kind,
        literal,
        headers=_headers(parameters, noun.place),
        options=options(attributes) + (options(noun.get("attributes")) if noun is not verb else ()),
        written=text(verb, "tag"),
    )


def _headers(parameters: str, where: Place) -> tuple[RuleHeader, ...]:
    """Custom headers are written as header parameters of the URI."""
    pairs = [p.partition("=") for p in parameters.split("&")[:50] if p]
    return tuple(RuleHeader(Read(n, where, n), Read(Text(v), where, n), "static", where) for n, _, v in pairs)


def _agent_of(noun: Node) -> bool:
    """Whether a <Dial> leads to a platform that sends REFERs: then its leg is the agent's, and no transfer."""
    host = host_and_port(str(text(noun, "text")))[0] if _tag(noun) in ("Sip", "Uri") else ""
    profile = by_host(host) if host else None
    return profile is not None and "emitter" in profile.roles


def _leg(dial: Node, noun: Node, platform: str) -> Trunk:
    """The leg between a <Dial> and the agent. A REFER on it is handled by `referUrl`, or by nothing."""
    address = text(noun, "text", setting=_tag(noun))
    refer_url = text(dial, "attributes", "referUrl")
    transport = uri_transport(str(address))
    return Trunk(
        pointer(dial.place),
        platform,
        dial.place,
        name=Read(Text(f"<Dial> to {host_and_port(str(address))[0]}"), dial.place, "<Dial>"),
        leg=Read(Word("sip"), noun.place, "<Sip>"),
        address=address,
        transports=(Read(Word(transport), address.where, "transport"),) if transport else (),
        refer=Read(Word("allow" if refer_url else "deny"), refer_url.where if refer_url else dial.place, "referUrl"),
        provider=platform,
        options=options(dial.get("attributes")) + (() if refer_url else (Option("referUrl", _not_set(dial)),)),
        profile=platform,
    )


def _not_set(element: Node) -> Read[Text]:
    return Read(Text("not set"), element.place, "referUrl")


def _stream(element: Node, platform: str) -> Trunk:
    """Media over a WebSocket: the caller's leg stays with the vendor, where no REFER of the agent moves it."""
    place = element.place
    return Trunk(pointer(place), platform, place, leg=Read(Word("websocket"), place, f"<{_tag(element)}>"))
