"""The routing script of a proxy (Kamailio, OpenSIPS) as a tree: route blocks, conditions, calls and ends.

Only what decides what becomes of a request is kept; assignments and the like are passed over. What is not understood
stays a call whose result is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TypeAlias

from sipdiag.dataclass import dataclass
from sipdiag.places import Place
from sipdiag.platforms.kamailio_tokens import Token

_DEEPEST = 100
_ROUTES = {"route": "route", "request_route": "route"}
_OTHER_ROUTES = ("failure_route", "onreply_route", "reply_route", "branch_route", "onsend_route", "event_route",
                 "local_route", "startup_route", "timer_route", "error_route", "withdlg_route")  # fmt: skip
_ENDS = ("exit", "drop", "return", "break")


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments as written; also a lone word, whose arguments are empty."""

    name: str
    arguments: tuple[str, ...]
    where: Place


@dataclass(frozen=True, slots=True)
class Compare:
    """`left` and `right` as written, `sign` one of `== != =~ !~` and the like."""

    left: str
    sign: str
    right: str
    where: Place


@dataclass(frozen=True, slots=True)
class Not:
    of: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """`word` is `and` or `or`."""

    word: str
    left: Condition
    right: Condition


Condition: TypeAlias = Call | Compare | Not | Both


@dataclass(frozen=True, slots=True)
class If:
    condition: Condition
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    where: Place
    loop: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """`exit`, `drop`, `return` or `break`, with the value that is returned."""

    word: str
    value: str
    where: Place


Statement: TypeAlias = Call | If | End


@dataclass(frozen=True, slots=True)
class Setting:
    """A global parameter, e.g. `listen=udp:192.0.2.1:5060`; `value` joins the words of the line."""

    name: str
    value: str
    where: Place


@dataclass(slots=True)
class Script:
    """`routes` by name, the main one under the empty name; `modules` and `includes` as written."""

    routes: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    settings: list[Setting] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)


def script_of(tokens: Sequence[Token]) -> Script:
    return _Reader(tokens).script()


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self, ahead: int = 0) -> Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def is_next(self, *signs: str) -> bool:
        token = self.peek()
        return token is not None and token.kind != "string" and token.text in signs

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, sign: str) -> bool:
        if self.is_next(sign):
            self.at += 1
            return True
        return False

    def script(self) -> Script:
        script = Script()
        while (token := self.peek()) is not None:
            name = token.text.lower()
            if token.kind == "word" and (name in _ROUTES or name in _OTHER_ROUTES):
                self.route(name, script)
            elif token.kind == "word" and name in ("loadmodule", "loadmodulex", "include_file", "import_file"):
                self.take()
                value = self.take().text if self.peek() is not None else ""
                (script.modules if name.startswith("load") else script.includes).append(value)
            elif token.kind == "word" and (after := self.peek(1)) is not None and after.text == "=":
                script.settings.append(self.setting())
            else:
                self.take()
        return script

    def route(self, word: str, script: Script) -> None:
        self.take()
        name = ""
        if self.skip("["):
            while not self.is_next("]", "{") and self.peek() is not None:
                name += self.take().text
            self.skip("]")
        if self.skip("{"):
            block = self.block(0)
            if word in _ROUTES:
                script.routes[name] = (*script.routes.get(name, ()), *block)

    def setting(self) -> Setting:
        """Up to the end of its line."""
        name = self.take()
        self.take()
        parts = []
        while (token := self.peek()) is not None and token.where.line == name.where.line and token.text != ";":
            parts.append(self.take().text)
        return Setting(name.text.lower(), "".join(parts), name.where)

    def block(self, depth: int) -> tuple[Statement, ...]:
        """Statements up to the closing brace, which is taken."""
        found: list[Statement] = []
        while self.peek() is not None and not self.skip("}"):
            found += self.statement(depth)
        return tuple(found)

    def body(self, depth: int) -> tuple[Statement, ...]:
        """A block in braces, or one statement."""
        if self.skip("{"):
            return self.block(depth)
        return tuple(self.statement(depth)) if self.peek() is not None else ()

    def statement(self, depth: int) -> list[Statement]:
        token = self.take()
        name = token.text.lower() if token.kind == "word" else token.text if token.kind == "sign" else ""
        if depth > _DEEPEST:
            return []
        if name == "{":
            return list(self.block(depth + 1))
        if name in ("if", "while"):
            return [self.conditional(token, depth, loop=name == "while")]
        if name == "switch":
            return self.switch(token, depth)
        if name in _ENDS:
            value = "".join(t.text for t in self.rest() if t.text not in "()")
            return [End(name, value, token.where)]
        if token.kind == "word" and self.is_next("("):
            call: Statement = Call(name, self.arguments(), token.where)
            self.rest()
            return [call]
        if name != ";":
            self.rest()
        return []

    def rest(self) -> list[Token]:
        """The words up to the end of the statement."""
        found = []
        while self.peek() is not None and not self.is_next(";", "{", "}"):
            found.append(self.take())
        self.skip(";")
        return found

    def conditional(self, token: Token, depth: int, *, loop: bool) -> If:
        condition = self.condition(depth)
        then = self.body(depth + 1)
        otherwise: tuple[Statement, ...] = ()
        if self.skip("else"):
            otherwise = self.body(depth + 1)
        return If(condition, then, otherwise, token.where, loop)

    def switch(self, token: Token, depth: int) -> list[Statement]:
        """Every case as a condition of its own."""
        subject = ""
        if self.skip("("):
            while self.peek() is not None and not self.is_next(")", "{"):
                subject += self.take().text
            self.skip(")")
        found: list[Statement] = []
        if not self.skip("{"):
            return found
        while self.peek() is not None and not self.skip("}"):
            where = self.take().where
            value = ""
            while self.peek() is not None and not self.is_next(":", "}", "{"):
                value += self.take().text
            self.skip(":")
            body: list[Statement] = []
            while self.peek() is not None and not self.is_next("case", "default", "default:", "}"):
                body += self.statement(depth + 1)
            found.append(If(Compare(subject, "==", value.removesuffix(":"), where), tuple(body), (), where))
        return found

    def condition(self, depth: int) -> Condition:
        where = self.tokens[self.at - 1].where
        if depth > _DEEPEST:
            return Call("", (), where)
        left = self.conjunction(depth)
        while self.is_next("||", "or"):
            self.take()
            left = Both("or", left, self.conjunction(depth))
        return left

    def conjunction(self, depth: int) -> Condition:
        left = self.negation(depth)
        while self.is_next("&&", "and"):
            self.take()
            left = Both("and", left, self.negation(depth))
        return left

    def negation(self, depth: int) -> Condition:
        turned = 0
        while self.is_next("!", "not"):
            self.take()
            turned += 1
        inner = self.comparison(depth + 1)
        return Not(inner) if turned % 2 else inner

    def comparison(self, depth: int) -> Condition:
        where = self.tokens[self.at - 1].where
        if depth > _DEEPEST or self.peek() is None:
            return Call("", (), where)
        if self.skip("("):
            inner = self.condition(depth + 1)
            self.skip(")")
            return inner
        token = self.take()
        text, is_call = token.text, token.kind == "word" and self.is_next("(")
        arguments = self.arguments() if is_call else ()
        left = Call(text.lower() if token.kind == "word" else "", arguments, token.where)
        if not self.is_next("==", "!=", "=~", "!~", "<", ">", "<=", ">="):
            return left
        sign, right = self.take().text, ""
        while self.peek() is not None and not self.is_next("&&", "||", ")", "and", "or", "{", ";"):
            right += self.take().text
            if self.is_next("("):
                right += "(" + ",".join(self.arguments()) + ")"
        compared = Compare(text, sign, right, token.where)
        return Both("and", left, compared) if is_call else compared

    def arguments(self) -> tuple[str, ...]:
        """The arguments of a call, whose opening bracket is next; brackets within are kept."""
        self.take()
        found, current, depth = [], "", 0
        while (token := self.peek()) is not None:
            sign = token.text if token.kind == "sign" else ""
            if sign in ("{", "}"):
                break
            self.take()
            if sign == ")" and depth == 0:
                break
            depth += (sign == "(") - (sign == ")")
            if sign == "," and depth == 0:
                found.append(current)
                current = ""
            else:
                current += token.text
        return tuple([*found, current] if current or found else ())
