"""Facts read from configuration: agents, transfer rules, trunks.

A platform's module turns its documents into these; checks see nothing else. Every value is a `Read`: it knows its
place and the name of its setting there, and is falsy where the document does not say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.places import Place, Read, Where

if TYPE_CHECKING:
    from sipdiag.facts.edit import Edit
    from sipdiag.facts.profile import Profile
    from sipdiag.values import Text, Word


@dataclass(frozen=True, slots=True)
class RuleHeader:
    """A custom header that a rule adds. `kind` is static, dynamic, or empty where the document does not say."""

    name: Read[str]
    value: Read[Text]
    kind: str
    where: Place


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a rule, trunk or agent that is neither its method nor its destination, under its own name."""

    name: str
    value: Read[Text]

    @property
    def where(self) -> Place | None:
        return self.value.where


@dataclass(frozen=True, slots=True)
class Misread:
    """A value whose form the platform does not take, or takes for something else than it looks like.

    `cause` is the slug of the check that reports it: `config-value-invalid`, `refer-header-ambiguous`,
    `dynamic-variable-form`, `transfer-option-unknown` or `config-reference-dangling`. `wanted` says which form it
    should have, `refused` whether the platform refuses the request because of it, `edit` writes that form. `certain` is
    False where what was not given may hold what a name refers to.
    """

    cause: str
    name: str
    value: Read[Text]
    wanted: str
    refused: bool = False
    edit: Edit | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A key that is still read but has a successor. `successor` is falsy where that is not set."""

    name: str
    value: Read[Text]
    successor: Read[Text]


@dataclass(frozen=True, slots=True)
class TransferRule:
    """One way in which an agent may transfer a call.

    `method` is `refer`, `attended-refer`, `conference`, `blind` (the platform's own blind transfer), `dial`, `bridge`,
    `reinvite`, `bye`, or the platform's own word where it is none of these. It is falsy where the document names none;
    `default_method` is then what the platform's documentation says applies (None: nothing is documented).
    `destination_kind` is `phone`, `sip-uri`, `dynamic` (only known when the call runs), `assistant`, `extension` or
    `unknown`. `literal` is False for variables and templates, whose text must not be judged. `written` is the method in
    the document's own word, where that is not `method` itself.
    """

    id: str
    platform: str
    where: Place
    method: Read[Word] = field(default_factory=Read)
    default_method: str | None = None
    destination: Read[Text] = field(default_factory=Read)
    destination_kind: str = "unknown"
    literal: bool = True
    name: Read[Text] = field(default_factory=Read)
    condition: Read[Text] = field(default_factory=Read)
    headers: tuple[RuleHeader, ...] = ()
    options: tuple[Option, ...] = ()
    agent: str | None = None
    trunk: str | None = None
    twins: tuple[Place, ...] = ()  # where the same rule stands again, so that it is reported once
    written: Read[Text] = field(default_factory=Read)
    deprecated: tuple[Deprecated, ...] = ()
    misread: tuple[Misread, ...] = ()
    as_refer: Edit | None = None  # has the rule transfer by REFER, where its document can say so

    @property
    def method_word(self) -> str:
        """The method as the document words it, for a reader who looks it up there."""
        return str(self.written) or str(self.method) or self.default_method or ""

    @property
    def effective_method(self) -> str | None:
        """The method that will be used: the one written, or the documented default."""
        return str(self.method) if self.method else self.default_method

    @property
    def wants_refer(self) -> bool | None:
        """Whether a REFER would be sent; None where neither document nor documentation says."""
        method = self.effective_method
        return None if method is None else method in ("refer", "attended-refer")

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.name == name), None)


@dataclass(frozen=True, slots=True)
class Agent:
    """The party that transfers: an AI agent, an assistant, a dial plan.

    `complete` is False where the document is only part of an agent (tools kept elsewhere), so that a missing tool
    proves nothing. `tool_missing_at` is where the transfer tool should have stood. `identified` tells that `id` is the
    one by which the platform's records name the agent, and not a name, a place or the id of a part.
    """

    id: str
    platform: str
    where: Place
    name: Read[Text] = field(default_factory=Read)
    rules: tuple[TransferRule, ...] = ()
    numbers: tuple[str, ...] = ()  # ids or numbers of the trunks and numbers that it is attached to
    complete: bool = True
    tool_missing_at: Place | None = None
    options: tuple[Option, ...] = ()
    version: str | None = None
    deprecated: tuple[Deprecated, ...] = ()
    misread: tuple[Misread, ...] = ()
    identified: bool = False

    @property
    def called(self) -> set[str]:
        """By what rules, trunks and records may call it: its id and its name."""
        return {name for name in (self.id, str(self.name)) if name}

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.name == name), None)


@dataclass(frozen=True, slots=True)
class Trunk:
    """A SIP trunk, a number with its trunk, an endpoint of a PBX, or a number of another kind.

    `leg` is `sip` for a call that a REFER can move, else the platform's word for what it is (`twilio`, `websocket`,
    `web` …), or `unknown`. `refer` is `allow`, `deny`, or falsy where it cannot be read from configuration.
    `transports` are those that the trunk uses, lower case; `auto` is no transport and is left out.
    `entries` are the gateways or origination URLs of a trunk that has several, each with its own address; `enabled`
    is False where such an entry (or the whole trunk) is switched off. Checks that judge addresses loop over `each`.
    """

    id: str
    platform: str
    where: Place
    name: Read[Text] = field(default_factory=Read)
    leg: Read[Word] = field(default_factory=Read)
    number: Read[Text] = field(default_factory=Read)
    address: Read[Text] = field(default_factory=Read)
    port: Read[int] = field(default_factory=Read)
    transports: tuple[Read[Word], ...] = ()
    refer: Read[Word] = field(default_factory=Read)
    allow_from: tuple[Read[Text], ...] = ()
    allowed_methods: Read[tuple[str, ...]] = field(default_factory=Read)
    credentials: Read[bool] = field(default_factory=Read)
    media_encryption: Read[Word] = field(default_factory=Read)
    agent: Read[Text] = field(default_factory=Read)  # the agent that answers it
    provider: str | None = None  # slug of the carrier's profile, where host or document name it
    direction: str = "both"  # inbound, outbound, both
    options: tuple[Option, ...] = ()
    profile: str | None = None  # slug of the profile whose statements bind this side of the trunk
    enabled: Read[bool] = field(default_factory=Read)
    entries: tuple[Trunk, ...] = ()
    # Names that the peer's certificate is checked against; `setting` is empty where the platform has no such setting.
    peer_names: Read[tuple[str, ...]] = field(default_factory=Read)
    numbers: tuple[Read[Text], ...] = ()  # further numbers of the trunk, where it lists several
    stores_messages: Read[bool] = field(default_factory=Read)  # whether the platform keeps the SIP messages of calls
    deprecated: tuple[Deprecated, ...] = ()
    misread: tuple[Misread, ...] = ()
    contexts: tuple[Read[Text], ...] = ()  # of a PBX: where a Refer-To's user is looked up; the first counts
    # Of a proxy: whether the NOTIFY of a transfer passes (`allow`, `deny`), and whether it adds Record-Route to the
    # INVITEs that it relays; each falsy where it is not certain. `expects_route` tells that it refuses what has no Route.
    notify: Read[Word] = field(default_factory=Read)
    records_route: Read[bool] = field(default_factory=Read)
    expects_route: Read[bool] = field(default_factory=Read)
    listens: Read[Text] = field(default_factory=Read)  # the host at which it takes calls itself, where that is fixed
    over: Read[Text] = field(default_factory=Read)  # of a number: the id of the trunk over which its calls run
    transports_of: str = "both"  # `outbound`: those of calls that it places; who calls it chooses the transport

    @property
    def each(self) -> tuple[Trunk, ...]:
        """The trunk itself and its entries."""
        return (self, *self.entries)

    @property
    def is_sip(self) -> bool | None:
        return None if not self.leg else str(self.leg) == "sip"

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.name == name), None)


@dataclass(frozen=True, slots=True)
class Destination:
    """Something that a transfer wants to reach: the destination of a rule, or the Refer-To of a REFER that was sent.

    `text` is the destination as written, without angle brackets or display name; its `where` the place of a rule's
    value, else None. `at` is that place, or the frame of the REFER. `kind` and `literal` are as for a rule. `column`
    counts the characters before the text within its setting or header line, so that a fault can name its column.
    """

    text: Read[Text]
    at: Where
    kind: str
    literal: bool
    origin: str  # "rule" or "refer"
    platform: str
    setting: str
    rule: TransferRule | None = None
    column: int = 0

    @property
    def on_wire(self) -> bool:
        return self.origin == "refer"


def destination_of(rule: TransferRule) -> Destination | None:
    """The destination of a rule; None where the document names none."""
    if not rule.destination or rule.destination.where is None:
        return None
    return Destination(
        text=rule.destination,
        at=rule.destination.where,
        kind=rule.destination_kind,
        literal=rule.literal,
        origin="rule",
        platform=rule.platform,
        setting=rule.destination.setting,
        rule=rule,
    )


def oddities(
    agents: Iterable[Agent], rules: Iterable[TransferRule], trunks: Iterable[Trunk]
) -> tuple[Misread | Deprecated, ...]:
    """What the documents hold in a form that is not taken, or under a key that has a successor; each once."""
    holders: tuple[Agent | TransferRule | Trunk, ...] = (*agents, *rules, *(e for t in trunks for e in t.each))
    found: dict[int, Misread | Deprecated] = {}
    for holder in holders:
        found.update({id(odd): odd for odd in holder.misread})
        found.update({id(odd): odd for odd in holder.deprecated})
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Receiver:
    """The system at the far end of a trunk, which gets the REFER, as far as it is known by name, host or address.

    `trunk` is the trunk that leads there, None where a message told (User-Agent, Server, an address of its own).
    """

    profile: Profile
    trunk: Trunk | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the user says was meant: that transfers go by REFER, and that this call was to be transferred."""

    refer: bool = False
    transfer: bool = False
    today: str | None = None  # ISO 8601; None where nothing may depend on the day
