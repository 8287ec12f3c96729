"""What a PBX does with a dialled number: contexts, their extensions, and the steps of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from functools import cache
from math import log2

from sipdiag.dataclass import dataclass
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.stages import Answer
from sipdiag.values import Text, Word

# How an extension is written: a number, Asterisk's pattern (`_NXX.`), or a regular expression (FreeSWITCH).
LITERAL, PATTERN, REGEX = "literal", "pattern", "regex"
_MOST_INCLUDES = 200
_LONGEST = 200  # of a pattern
_LONGEST_DIALLED = 64
_MOST_EFFORT = 18  # 2**18 steps
_REPEAT = pattern(r"[*+]|\{\d*,\d*\}")
_GROUP_REPEATED = pattern(r"\)(?:[*+]|\{)")


@dataclass(frozen=True, slots=True)
class Step:
    """One application of an extension, e.g. `Dial` with `PJSIP/1000,30`."""

    application: Word
    data: Text
    where: Place


@dataclass(frozen=True, slots=True)
class Jump:
    """A step that sends a call to another extension, whatever the call. `context` is empty where it stays in its own; both
    may hold `${EXTEN}` or, of a regular expression, `$1`. `otherwise` is the extension that takes what is not found.
    """

    dialled: Text
    context: Text
    where: Place
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """`written` is the pattern as it stands; falsy where the extension asks for something else than the number.

    `certain` is False where it asks for more than the number, so that a number that fits may still not be taken.
    `jump` is what it does first of all with a call, if that is to send it on.
    """

    written: Read[Text]
    kind: str
    steps: tuple[Step, ...]
    where: Place
    name: Read[Text] = field(default_factory=Read)
    certain: bool = True
    jump: Jump | None = None

    def runs(self, applications: Sequence[str]) -> Step | None:
        """The first step that is one of these applications (lower case)."""
        return next((s for s in self.steps if s.application.lower() in applications), None)


@dataclass(frozen=True, slots=True)
class Context:
    """A named part of a dialplan. `includes` are contexts that are searched after it; `open_for` says why there may be
    extensions that are not seen here (a switch, an include of another file), empty where all are."""

    name: Text
    where: Place
    extensions: tuple[Extension, ...] = ()
    includes: tuple[Read[Text], ...] = ()
    open_for: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Whether a number is found, and where; `why` names what would decide when it is unknown."""

    answer: Answer
    extension: Extension | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Dialplan:
    """One document of a dialplan.

    `transfer_contexts` are the contexts in which it tells the PBX to look transfer targets up, instead of the trunk's
    own; one that is only known when the call runs is kept as written. `open_for` says why contexts may be missing.
    """

    id: str
    platform: str
    where: Place
    contexts: tuple[Context, ...] = ()
    transfer_contexts: tuple[Read[Text], ...] = ()
    open_for: str = ""

    def named(self, name: str) -> tuple[Context, ...]:
        return tuple(c for c in self.contexts if c.name == name)


def look_up(dialplans: Sequence[Dialplan], context: str, dialled: str) -> Lookup:
    """Look a number up in a context and all that it includes.

    Unknown where the context, or one that it includes, is not in these dialplans or cannot be seen whole.
    """
    pending, seen, unknown = [context], set[str](), ""
    while pending and len(seen) < _MOST_INCLUDES:
        name = pending.pop(0)
        if name in seen:
            continue
        seen.add(name)
        found = [c for d in dialplans for c in d.named(name)]
        if not found:
            unknown = unknown or f"context {name}"
        for part in found:
            for extension in part.extensions:
                fits = matches(extension, dialled)
                if fits is Answer.YES:
                    return Lookup(Answer.YES, extension)
                if fits is Answer.UNKNOWN:
                    unknown = unknown or f"what {extension.written} stands for"
            unknown = unknown or part.open_for
            pending.extend(str(i) for i in part.includes)
    if pending:
        unknown = unknown or "contexts that are included very deeply"
    return Lookup(Answer.UNKNOWN, None, unknown) if unknown else Lookup(Answer.NO)


def matches(extension: Extension, dialled: str) -> Answer:
    """Whether an extension takes a dialled number.

    >>> from sipdiag.places import Place, Read
    >>> [str(matches(Extension(Read(p), PATTERN, (), Place("x")), "+12025550123").value) for p in ("_+X.", "_NXXX")]
    ['yes', 'no']
    """
    written = str(extension.written)
    if not extension.written or "${" in written or len(written) > _LONGEST or len(dialled) > _LONGEST_DIALLED:
        return Answer.UNKNOWN
    if extension.kind == LITERAL:
        return _answer(written == dialled)
    expression = asterisk_pattern(written) if extension.kind == PATTERN else regular_expression(written)
    if expression is None:
        return Answer.UNKNOWN
    if expression.search(dialled) is None:
        return Answer.NO
    return Answer.YES if extension.certain else Answer.UNKNOWN


def _answer(value: bool) -> Answer:
    return Answer.YES if value else Answer.NO


@cache
def asterisk_pattern(written: str) -> re.Pattern[str] | None:
    """Asterisk's extension pattern, after its `_`, as a regular expression; None where it is broken.

    X is 0-9, Z is 1-9, N is 2-9, [abc-z] one of these; `.` one or more of anything, `!` none or more; a hyphen
    elsewhere is ignored (https://docs.asterisk.org/Configuration/Dialplan/Pattern-Matching/).
    """
    parts: list[str] = []
    rest = written.removeprefix("_")
    sets = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}
    while rest:
        sign, rest = rest[0], rest[1:]
        if sign in ".!":
            return re.compile("".join([r"\A", *parts, ".+" if sign == "." else ".*", r"\Z"]), re.DOTALL | re.ASCII)
        if sign == "[":
            members, closed, rest = rest.partition("]")
            if not closed or not re.fullmatch(r"[\w+*#^.,/-]+", members, re.ASCII):
                return None
            if re.search(r"(.)-(?!\1)(.)", members) and any(a > b for a, b in re.findall(r"(.)-(.)", members)):
                return None
            parts.append("[" + members.replace("^", r"\^") + "]")
        elif sign != "-":
            parts.append(sets.get(sign.upper(), re.escape(sign)))
    return re.compile("".join([r"\A", *parts, r"\Z"]), re.ASCII)


@cache
def regular_expression(written: str) -> re.Pattern[str] | None:
    """A dialplan's own expression; None where it is broken, or could take long on a hostile number.

    >>> regular_expression(r"^\\+?1?(\\d{10})$") is None, regular_expression("(a+)+b") is None
    (False, True)
    """
    if _GROUP_REPEATED.search(written) or _effort(written) > _MOST_EFFORT:
        return None
    try:
        return re.compile(written)
    except (re.error, OverflowError, RecursionError):
        return None


def _effort(written: str) -> float:
    """The binary logarithm of the steps that matching may take at worst, by the choices that the expression leaves."""
    plain = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "x", written)
    bars = [0]
    choices = 0.0
    for sign in plain:
        if sign == "(":
            bars.append(0)
        elif sign == "|":
            bars[-1] += 1
        elif sign == ")" and len(bars) > 1:
            choices += log2(bars.pop() + 1)
    choices += sum(log2(n + 1) for n in bars)
    return choices + log2(_LONGEST_DIALLED) * len(_REPEAT.findall(plain)) + len(re.findall(r"(?<!\()\?", plain))
