"""What may become of a request in a routing script: every way through it, without running it.

A condition that only the call can decide is taken both ways, so what is said of all ways is certain. Requests are
supposed to be well formed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from sipdiag.dataclass import dataclass
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.platforms.kamailio_script import Call, Compare, Condition, If, Not, Script, Statement

_MOST_STEPS = 50_000
_DEEPEST = 60  # routes within routes
_RELAYS = pattern(r"t_relay\w*|t_forward_nonack\w*|forward(?:_udp|_tcp|_tls|_sctp)?|send(?:_udp|_tcp)?")
_RECORDS = pattern(r"record_route(?:_preset|_advertised_address)?")
_REPLIES = ("sl_send_reply", "send_reply", "sl_reply", "t_reply", "send_reply_mode")
_METHOD = ("method", "$rm")
_ANY_OF = pattern(r"\^?\(?([A-Z]+(?:\|[A-Z]+)*)\)?\$?")
# What is true of every well-formed request, and what a request does not meet that comes once.
_HOLDS = frozenset(("mf_process_maxfwd_header", "sanity_check"))
_HOLDS_NOT = frozenset(("t_check_trans", "t_precheck_trans", "t_lookup_request"))
# Functions that neither answer a request nor send it on. Of all others that may be so: nothing is said of their way.
_HARMLESS = pattern(
    r"(?:is_|has_|add_|set|reset|append_|insert_|remove_|subst|x?log|xnotice|xinfo|xwarn|xerr|xdbg|xalert|force_|fix_|nat_"
    r"|pike_check_|strip|prefix|search|allow_|ds_is_|t_on_|t_set_|isflagset|isbflagset|msg_apply|sdp_|dlg_|fr_|pv_|sht_)\w*"
)
_ANY_CODE = 1  # a reply whose code is only known when the script runs


@dataclass(frozen=True, slots=True)
class Request:
    """`routed` tells whether a request inside a dialog carries the Route of its dialog."""

    method: str
    in_dialog: bool
    routed: bool = True


class Asked(NamedTuple):
    """A condition on the method: where it stands, and its words."""

    where: Place
    words: str


@dataclass(frozen=True, slots=True)
class Way:
    """How far a request has come: whether Record-Route was added, and the reply that was sent to it.

    `handled` tells that a function was called which may have answered it or sent it on.
    """

    recorded: bool = False
    handled: bool = False
    code: int = 0
    replied_at: Place | None = None
    because: Asked | None = None  # the innermost condition on the method around that reply


@dataclass(frozen=True, slots=True)
class Ending:
    """`what` is `relayed`, `replied` (with `code`), `handled` (by some function) or `dropped`."""

    what: str
    where: Place
    recorded: bool = False
    code: int = 0
    because: Asked | None = None


@dataclass(frozen=True, slots=True)
class Endings:
    """All that may become of a request. `unsure` names what would have to be known to see them all."""

    all: frozenset[Ending]
    unsure: tuple[str, ...] = ()

    @property
    def relayed(self) -> list[Ending]:
        return sorted((e for e in self.all if e.what == "relayed"), key=lambda e: e.where.line or 0)

    @property
    def refused(self) -> list[Ending]:
        found = (e for e in self.all if e.what == "dropped" or e.code >= 400)
        return sorted(found, key=lambda e: e.where.line or 0)

    @property
    def always_refused(self) -> bool:
        """Whether no way leads on, as far as the script can be seen whole."""
        return not self.unsure and bool(self.refused) and len(self.refused) == len(self.all)


def endings_of(script: Script, request: Request) -> Endings:
    walk = _Walk(script, request)
    for way in walk.block(script.routes.get("", ()), [Way()], None, 0):
        walk.finish(way, None)
    missing = tuple(f"the included file {i}" for i in script.includes)
    return Endings(frozenset(walk.found), (*walk.unsure, *missing))


class _Walk:
    def __init__(self, script: Script, request: Request) -> None:
        self.script, self.request = script, request
        self.found: set[Ending] = set()
        self.unsure: dict[str, None] = {}
        self.steps = 0
        self.returned: list[Way] = []

    def finish(self, way: Way, where: Place | None, because: Asked | None = None) -> None:
        """A way that ends here: with the reply that was sent, else in silence."""
        if way.code:
            assert way.replied_at is not None  # noqa: S101 - set together with the code
            self.found.add(Ending("replied", way.replied_at, way.recorded, way.code, way.because))
        elif where is not None:
            self.found.add(Ending("handled" if way.handled else "dropped", where, way.recorded, because=because))

    def block(self, statements: Iterable[Statement], ways: list[Way], because: Asked | None, depth: int) -> list[Way]:
        """The ways that go on behind a block."""
        for statement in statements:
            self.steps += len(ways)
            if self.steps > _MOST_STEPS:
                self.unsure["a script with very many ways"] = None
                return []
            ways = list(dict.fromkeys(w for way in ways for w in self.statement(statement, way, because, depth)))
        return ways

    def statement(self, statement: Statement, way: Way, because: Asked | None, depth: int) -> Iterator[Way]:
        if isinstance(statement, If):
            yield from self.conditional(statement, way, because, depth)
        elif isinstance(statement, Call):
            yield from (w for _, w in self.call(statement, way, because, depth))
        elif statement.word in ("exit", "drop") or (statement.word == "return" and statement.value == "0"):
            self.finish(way, statement.where, because)
        elif statement.word == "return":
            self.returned.append(way)

    def conditional(self, statement: If, way: Way, because: Asked | None, depth: int) -> Iterator[Way]:
        inner = self.asked(statement.condition) or because
        for truth, after in dict.fromkeys(self.judge(statement.condition, way, because, depth)):
            yield from self.block(statement.then if truth else statement.otherwise, [after], inner, depth)
            if statement.loop and truth:
                yield after

    def call(self, call: Call, way: Way, because: Asked | None, depth: int) -> Iterator[tuple[bool, Way]]:
        """What a function may return, and how far the request has come then."""
        name = call.name
        if name == "route":
            yield from self.route(call, way, because, depth)
        elif _RELAYS.fullmatch(name):
            self.found.add(Ending("relayed", call.where, way.recorded))
        elif _RECORDS.fullmatch(name):
            yield True, replace(way, recorded=True)
        elif name in _REPLIES:
            yield True, way if way.code else self.replied(call, way, because)
        elif name == "is_method":
            yield self.request.method in "|".join(call.arguments).upper().replace(" ", "").split("|"), way
        elif name == "has_totag":
            yield self.request.in_dialog, way
        elif name == "loose_route":
            yield self.request.in_dialog and self.request.routed, way
        elif name in _HOLDS or name in _HOLDS_NOT:
            yield name in _HOLDS, way
        else:
            after = way if not name or _HARMLESS.fullmatch(name) else replace(way, handled=True)
            yield True, after
            yield False, after

    def replied(self, call: Call, way: Way, because: Asked | None) -> Way:
        code = "".join(call.arguments[:1])
        number = int(code) if code.isdigit() and len(code) == 3 else _ANY_CODE
        if 100 <= number < 200:
            return way
        return replace(way, code=number, replied_at=call.where, because=because)

    def route(self, call: Call, way: Way, because: Asked | None, depth: int) -> Iterator[tuple[bool, Way]]:
        name = "".join(call.arguments)
        known = self.script.routes.get(name)
        if known is None or depth > _DEEPEST:
            self.unsure[f"route[{name}]"] = None
            return
        outer, self.returned = self.returned, []
        after = self.block(known, [way], because, depth + 1)
        after, self.returned = list(dict.fromkeys(after + self.returned)), outer
        for w in after:
            yield True, w
            yield False, w

    def judge(self, condition: Condition, way: Way, because: Asked | None, depth: int) -> Iterator[tuple[bool, Way]]:
        """Each truth that a condition may have, with what asking for it has done."""
        if isinstance(condition, Call):
            yield from self.call(condition, way, because, depth)
        elif isinstance(condition, Not):
            yield from ((not t, w) for t, w in self.judge(condition.of, way, because, depth))
        elif isinstance(condition, Compare):
            known = self.compare(condition)
            yield from ((t, way) for t in ((True, False) if known is None else (known,)))
        else:
            decided = condition.word == "or"
            for truth, after in self.judge(condition.left, way, because, depth):
                if truth == decided:
                    yield truth, after
                else:
                    yield from self.judge(condition.right, after, because, depth)

    def compare(self, condition: Compare) -> bool | None:
        """Of a comparison of the method; None for all others."""
        if condition.left.lower() not in _METHOD:
            return None
        words = _ANY_OF.fullmatch(condition.right.upper())
        if words is None:
            return None
        listed = self.request.method in words[1].split("|")
        return {"==": listed, "=~": listed, "!=": not listed, "!~": not listed}.get(condition.sign)

    def asked(self, condition: Condition) -> Asked | None:
        """The first condition on the method within a condition."""
        if isinstance(condition, Call):
            words = f"is_method({','.join(condition.arguments)})"
            return Asked(condition.where, words) if condition.name == "is_method" else None
        if isinstance(condition, Compare):
            words = f"{condition.left} {condition.sign} {condition.right}"
            return Asked(condition.where, words) if condition.left.lower() in _METHOD else None
        if isinstance(condition, Not):
            return self.asked(condition.of)
        return self.asked(condition.left) or self.asked(condition.right)
