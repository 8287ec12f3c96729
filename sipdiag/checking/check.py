"""The decorator that makes a function a check: its signature is its evidence, its docstring its manual page."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterator

from sipdiag.cached import cached_property
from sipdiag.checking.finding import CannotTell, Finding
from sipdiag.dataclass import dataclass
from sipdiag.stages import Owner, Severity, Stage

Yield = Finding | CannotTell
Function = Callable[..., Iterator[Yield]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One parameter of a check: `kind` is the type of fact it needs, `optional` and `many` how.

    `Trunk` is exactly one, `Trunk | None` one or none, `tuple[Trunk, ...]` any number, and
    `tuple[Trunk, *tuple[Trunk, ...]]` one or more.
    """

    name: str
    kind: type
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class Check:
    """A check, as run by the engine and as explained to a reader.

    `beats` names the checks whose findings this one explains away for the same transfer. `refuted_by` says in words
    which message, when present, disproves the finding.
    """

    function: Function
    stage: Stage
    severity: Severity
    owner: Owner | None
    beats: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    refuted_by: str = ""
    origin: str = "sipdiag"

    @cached_property
    def id(self) -> str:
        return check_id(self.function.__name__)

    @cached_property
    def family(self) -> str:
        """The name of the folder that holds the check."""
        return self.function.__module__.split(".")[-2].replace("_", "-")

    @cached_property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def title(self) -> str:
        return self.doc.partition("\n")[0]

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        hints = typing.get_type_hints(self.function)
        return tuple(_evidence(name, hints[name]) for name in inspect.signature(self.function).parameters)

    @property
    def subject(self) -> type:
        return self.evidence[0].kind

    def __call__(self, *arguments: object) -> Iterator[Yield]:
        return self.function(*arguments)


_WHOLE = frozenset({"transfer_mode_missing_in_config"})  # here the ending belongs to the id


def check_id(name: str) -> str:
    """The id that a function or file name stands for.

    A cause that shows in configuration, on the wire or in records has several functions with one id, told apart by
    their endings.

    >>> check_id("transport_mismatch_on_the_wire"), check_id("refer_to_malformed_in_config")
    ('transport-mismatch', 'refer-to-malformed')
    """
    if name in _WHOLE:
        return name.replace("_", "-")
    for ending in ("_on_the_wire", "_in_config", "_in_the_record"):
        name = name.removesuffix(ending)
    return name.replace("_", "-")


def _evidence(name: str, hint: object) -> Evidence:
    if typing.get_origin(hint) is tuple:
        kind, others = typing.get_args(hint)
        return Evidence(name, kind, optional=others is Ellipsis, many=True)
    if isinstance(hint, types.UnionType):
        kinds = [k for k in typing.get_args(hint) if k is not type(None)]
        return Evidence(name, kinds[0], optional=True)
    assert isinstance(hint, type), hint  # noqa: S101 - a check's author must see this at once
    return Evidence(name, hint)


def check(
    *,
    stage: Stage,
    severity: Severity = Severity.ERROR,
    owner: Owner | None = None,
    beats: tuple[str, ...] = (),
    refs: tuple[str, ...] = (),
    refuted_by: str = "",
) -> Callable[[Function], Check]:
    """Declare the function below to be a check; its id is its name, which must be its file's name too."""

    def declare(function: Function) -> Check:
        return Check(function, stage, severity, owner, beats, refs, refuted_by)

    return declare
