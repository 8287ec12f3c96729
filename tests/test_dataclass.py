"""The cheap dataclass behaves as that of the standard library, assignments aside."""

from __future__ import annotations

import dataclasses
from dataclasses import field, replace

import pytest

from sipdiag.dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Point:
    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)


@dataclass(slots=True)
class Bag:
    items: list[int] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Thing:
    name: str


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


def test_equality_hash_and_order_are_those_of_the_fields_that_compare() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert hash(Point(1)) == hash(Point(1, note="b"))
    assert Point(1) != (1, 0)  # type: ignore[comparison-overlap]
    assert sorted([Point(2), Point(1, 5), Point(1)]) == [Point(1), Point(1, 5), Point(2)]
    assert Point(1) <= Point(1) < Point(2)
    assert not Point(1) > Point(2)
    assert Point(2) >= Point(2)
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_what_may_change_has_no_hash_and_what_has_no_equality_is_itself() -> None:
    assert Bag([1]) == Bag([1])
    assert Bag().items is not Bag().items
    with pytest.raises(TypeError):
        hash(Bag())
    assert Thing("a") != Thing("a")
    assert len({Thing("a"), Thing("a")}) == 2


def test_the_rest_of_the_standard_library_knows_it() -> None:
    assert repr(Point(1, 2, "x")) == "Point(x=1, y=2)"
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    assert dataclasses.asdict(Bag([1])) == {"items": [1]}
    assert not hasattr(Point(1), "__dict__")


def test_points_of_different_classes_are_not_compared() -> None:
    with pytest.raises(TypeError):
        assert Point(1) < Thing("a")  # type: ignore[operator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    first: int
    rest: tuple[int, ...] = ()
    whole: tuple[int, ...] = field(init=False)
    kept: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", (self.first, *self.rest))


def test_an_instance_is_made_as_the_standard_library_makes_it() -> None:
    for _ in range(2):  # the first one compiles what makes them
        made = Named(rest=(2,), first=1)
        assert (made.whole, made.kept) == ((1, 2), [])
    assert made.kept is not Named(first=1).kept
    with pytest.raises(TypeError, match="positional"):
        Named(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 1 required"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected"):
        Bag(other=1)  # type: ignore[call-arg]
