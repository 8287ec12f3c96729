"""The dataclass decorator of the standard library, made cheap: for the type checker it is that one, unchanged.

Of a frozen class the standard library compiles seven methods, which takes a third of the start of a command that
declares a hundred of them, and an instance sets each of its fields by a call. Here one is compiled, `__init__`, when
there are more than a few instances, and the others are shared functions. That nothing is assigned to a frozen instance
is for the type checker to find.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter, ge, gt, le, lt
from typing import TYPE_CHECKING, Any, cast

_FEW = 25  # instances: to make so many of them field by field takes as long as to compile a method that does it

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, eq: bool = True, order: bool = False, kw_only: bool = False
    ) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, for the options that this project uses.

        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(1), Point(1) == Point(1, 0), len({Point(1), Point(1)})
        (Point(x=1, y=0), True, 1)
        """

        def declare(cls: type) -> type:
            own = cls.__dict__
            # For a class that says nothing of itself the standard library spells its signature, by way of a tokenizer.
            documented = cls.__doc__
            cls.__doc__ = documented or cls.__name__
            written = "__repr__" in own, "__eq__" in own
            made = dataclasses.dataclass(slots=slots, init=False, repr=False, eq=False, kw_only=kw_only)(cls)
            made.__doc__ = documented
            fields = dataclasses.fields(made)
            made.__init__ = _init(made, fields)
            if not written[0]:
                made.__repr__ = _repr(tuple(f.name for f in fields if f.repr))
            if eq and not written[1]:
                _compare(made, tuple(f.name for f in fields if f.compare), hashed=frozen, order=order)
            return made

        return declare


def _init(cls: Any, fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """A method that sets the fields of the first instances, and then puts the compiled one in its own place."""
    names = tuple(f.name for f in fields if f.init and not f.kw_only)
    made = 0

    def first(self: Any, *args: Any, **named: Any) -> None:
        nonlocal made
        made += 1
        values = dict(zip(names, args, strict=False)) | named
        whole = len(values) == len(args) + len(named) and made <= _FEW
        if not whole or not _fill(self, fields, values):
            cls.__init__ = compiled = _compiled(fields, hasattr(cls, "__post_init__"))
            compiled(self, *args, **named)  # which also says what is wrong with a call
        elif hasattr(cls, "__post_init__"):
            self.__post_init__()

    return first


def _fill(instance: Any, fields: tuple[dataclasses.Field[Any], ...], values: dict[str, Any]) -> bool:
    """Set all fields, by `values` or their defaults; False where one is missing or a value is of none."""
    taken = 0
    for f in fields:
        if f.init and f.name in values:
            setattr(instance, f.name, values[f.name])
            taken += 1
        elif f.default is not dataclasses.MISSING:
            setattr(instance, f.name, f.default)
        elif f.default_factory is not dataclasses.MISSING:
            setattr(instance, f.name, f.default_factory())
        elif f.init:
            return False
    return taken == len(values)


def _compiled(fields: tuple[dataclasses.Field[Any], ...], has_post_init: bool) -> Callable[..., None]:
    """An `__init__` that sets the fields one by one, with their defaults, as the standard library's does."""
    known: dict[str, Any] = {"_missing": dataclasses.MISSING}
    parameters, lines = ["self"], ["pass"]
    for f in fields:
        value = f.name
        if f.default is not dataclasses.MISSING:
            known[value := f"_default_{f.name}"] = f.default
        elif f.default_factory is not dataclasses.MISSING:
            known[f"_make_{f.name}"], value = f.default_factory, f"_make_{f.name}()"
        if f.init:
            if f.kw_only and "*" not in parameters:
                parameters.append("*")
            made = value.endswith("()")
            default = "" if value == f.name else "=_missing" if made else f"={value}"
            parameters.append(f.name + default)
            value = f"{value} if {f.name} is _missing else {f.name}" if made else f.name
        elif value == f.name:
            continue  # for `__post_init__` to set
        lines.append(f"self.{f.name} = {value}")
    if has_post_init:
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), known)  # noqa: S102  # of names in the source, as the standard library does
    return cast("Callable[..., None]", known["__init__"])


def _repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def shown(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in names)})"

    return shown


def _compare(cls: Any, names: tuple[str, ...], *, hashed: bool, order: bool) -> None:
    """Give a class equality and order by its fields, and a hash where it is frozen (None, as the language has it, elsewhere).

    An instance of a subclass that adds no fields is as good as one of the class.
    """
    picked = attrgetter(*(names or ("__class__",)))

    def equal(self: Any, other: Any) -> bool:
        return picked(self) == picked(other) if isinstance(other, cls) else NotImplemented

    def hash_of(self: Any) -> int:
        return hash(picked(self))

    def by(operator: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        return lambda self, other: operator(picked(self), picked(other)) if isinstance(other, cls) else NotImplemented

    cls.__eq__ = equal
    if order:
        cls.__lt__, cls.__le__, cls.__gt__, cls.__ge__ = by(lt), by(le), by(gt), by(ge)
    if "__hash__" not in vars(cls) or vars(cls)["__hash__"] is None:
        cls.__hash__ = hash_of if hashed else None
