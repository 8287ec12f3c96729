"""Documents of one case that mean something only together: files that others include, files that set their variables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sipdiag.platforms import together

if TYPE_CHECKING:
    from sipdiag.cases.material import Material
    from sipdiag.platforms.adapted import Adapted
    from sipdiag.reports.report import Input


def read_together(material: Material) -> Material:
    """The same material, with each document as it reads beside the others.

    A file of no known shape that another one includes becomes an input: what is said of it has a place there.
    """
    found = together(material.documents)
    if not found:
        return material
    alone = {d.input: d.adapted for d in material.documents}
    inputs = [_told(i, alone[i.id], found[i.id]) if i.id in found else i for i in material.inputs]
    known = {i.id for i in inputs}
    taken_in = [_told(i, None, found[i.id]) for i in material.aside if i.id in found and i.id not in known]
    before = {id(alone[name]): after for name, after in found.items()}
    new = [after for name, after in found.items() if alone[name] is None]
    return replace(
        material,
        inputs=sorted((*inputs, *taken_in), key=lambda i: int(i.id[2:])) if taken_in else inputs,
        adapted=[*(before.get(id(a), a) for a in material.adapted), *new],
        passed_over=material.passed_over - len(taken_in),
    )


def _told(item: Input, before: Adapted | None, after: Adapted) -> Input:
    """An input as the report tells it, now that it is read beside others. A failure to know its shape is none any more."""
    said = before.problems if before is not None else item.problems if item.failed else ()
    problems = (*(p for p in item.problems if p not in said), *after.problems)
    return replace(item, kind=after.kind, format=after.format, problems=problems, failed=False)
