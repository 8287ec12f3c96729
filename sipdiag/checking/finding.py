"""What a check may yield."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.edit import Edit
    from sipdiag.places import Where
    from sipdiag.stages import Owner, Severity, Stage


class Because:
    """A message, line or excerpt that proves a finding, with the few words that say why."""

    __slots__ = ("at", "template", "values")

    def __init__(self, template: str, *, at: Where | None, **values: object) -> None:
        self.template, self.at, self.values = template, at, values


class Finding:
    """Something that is wrong: a sentence with typed values, where, why, and what to change.

    Values stay typed until a renderer escapes and redacts them, so the sentence is a template and never an f-string.
    `stage`, `severity` and `owner` override the check's own for this one case. `fix` is a template over the same values.
    `edit` is the change to the document that mends it, where one can be told. `beside` names what the check beats
    otherwise and not here, because the evidence does not decide between the two. `blameless` says that the evidence does
    not tell who could have done better, whoever it usually is.

    >>> Finding("trunk {trunk} uses {transport}", trunk="a", transport="udp", at=None).plain
    'trunk a uses udp'
    """

    __slots__ = (
        "at",
        "because",
        "beside",
        "blameless",
        "edit",
        "fix",
        "owner",
        "severity",
        "stage",
        "template",
        "values",
    )

    def __init__(
        self,
        template: str,
        *,
        at: Where | None,
        because: Iterable[Because] = (),
        fix: str = "",
        edit: Edit | None = None,
        stage: Stage | None = None,
        severity: Severity | None = None,
        owner: Owner | None = None,
        beside: Iterable[str] = (),
        blameless: bool = False,
        **values: object,
    ) -> None:
        self.template, self.at, self.because, self.fix = template, at, tuple(because), fix
        self.edit, self.beside, self.blameless = edit, frozenset(beside), blameless
        self.stage, self.severity, self.owner, self.values = stage, severity, owner, values

    def milder(self, severity: Severity) -> Finding:
        """The same, with another severity."""
        other = copy(self)
        other.severity = severity
        return other

    @property
    def plain(self) -> str:
        """The sentence as is, neither escaped nor redacted: for tests only."""
        return self.template.format_map(self.values)


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The evidence does not decide. `needs` names what would: the header, the side to capture, the file to attach.

    `collect` is what the page is about that says how to get it: a platform, where it is not that of the subject, or
    `capture`.
    """

    needs: str
    at: Where | None = None
    collect: str = ""
