"""An index entry per SIP message and a sketch per Call-ID, instead of the messages themselves."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import TypeAlias

from sipdiag.places import Frame
from sipdiag.raw import CallSketch, Packet
from sipdiag.sources.captures.addresses import Path, endpoint
from sipdiag.sources.captures.limits import Limits
from sipdiag.sources.captures.relate import Thread, related
from sipdiag.sources.captures.start import CALL_ID
from sipdiag.sources.captures.store import Store

# Whether the messages of a Call-ID are wanted, by its sketch and the octets of its first message.
Keep: TypeAlias = Callable[[CallSketch, bytes], bool]


class MessageIndex:
    """The SIP messages of a capture: where each lies, and to which Call-ID it belongs.

    About 40 octets a message, and some hundred a Call-ID.
    """

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._position, self._size = array("q"), array("I")
        self._number, self._time = array("I"), array("d")
        self._thread, self._path = array("I"), array("I")
        self._cut = set[int]()
        self._threads: dict[bytes, Thread] = {}
        self._order: list[Thread] = []
        self._paths: dict[Path, int] = {}
        self.count = 0
        self.dropped = 0

    def add(
        self,
        data: bytes,
        position: int,
        number: int,
        time: float,
        path: Path,
        cut: bool = False,
    ) -> None:
        """Take one message: its octets, its offset in the input (-1: none), its frame, and from where it went where."""
        self.count += 1
        if len(self._position) >= self._limits.messages:
            self.dropped += 1
            return
        at = data.find(b"\r\n\r\n")
        end = len(data) if at < 0 else at
        at = data.find(b"\r\nCall-ID: ", 0, end)
        if at >= 0:
            stop = data.find(b"\r", at + 11)
            call_id = data[at + 11 : stop if stop >= 0 else end].strip()
        else:
            named = CALL_ID.search(data, 0, end + 2)
            call_id = named[1] if named else b""
        thread = self._threads.get(call_id)
        if thread is None:
            if len(self._order) >= self._limits.calls:
                self.dropped += 1
                return
            thread = self._threads[call_id] = Thread(len(self._order), call_id, number, time)
            self._order.append(thread)
        where = self._store.keep(data, position)
        if where is None:
            self.dropped += 1
            return
        which = self._paths.get(path)
        if which is None:
            which = self._paths[path] = len(self._paths)
        thread.take(data, end, number, time, path[4])
        if cut:
            self._cut.add(len(self._position))
        self._position.append(where)
        self._size.append(len(data))
        self._number.append(number)
        self._time.append(time)
        self._thread.append(thread.number)
        self._path.append(which)

    def sketches(self, input_id: str, wanted: set[int]) -> tuple[CallSketch, ...]:
        """One for each Call-ID that is not wanted, in the order of their first messages."""
        return tuple(thread.sketch(input_id) for thread in self._order if thread.number not in wanted)

    def wanted(self, input_id: str, keep: Keep | None) -> set[int]:
        """The numbers of the Call-IDs whose messages are to be handed on."""
        if len(self._position) <= self._limits.all_below:
            return {thread.number for thread in self._order}
        chosen = related(self._order, self._kept(input_id, keep) if keep is not None else ())
        calls = [thread for thread in self._order if thread.is_call]
        if sum(thread.messages for thread in calls) <= self._limits.all_below:
            chosen.update(thread.number for thread in calls)  # a few calls among many registrations
        return chosen

    def _kept(self, input_id: str, keep: Keep) -> Iterator[int]:
        first: dict[int, int] = {}
        for i, number in enumerate(self._thread):
            first.setdefault(number, i)
        for thread in self._order:
            at = first.get(thread.number)
            data = self._store.read(self._position[at], self._size[at]) if at is not None else b""
            if keep(thread.sketch(input_id), data):
                yield thread.number

    def packets(self, input_id: str, wanted: set[int]) -> Iterator[Packet]:
        """The messages of the wanted Call-IDs, in the order of their frames."""
        paths = [(endpoint(*path[:2]), endpoint(*path[2:4]), *path[4:]) for path in self._paths]
        chosen = [i for i, thread in enumerate(self._thread) if thread in wanted]
        chosen.sort(key=self._number.__getitem__)
        for i in chosen:
            source, destination, transport, interface = paths[self._path[i]]
            yield Packet(
                self._store.read(self._position[i], self._size[i]),
                Frame(input_id, self._number[i], self._time[i]),
                source,
                destination,
                transport,
                cut=i in self._cut,
                interface=interface,
            )

    @property
    def threads(self) -> int:
        """How many Call-IDs there are."""
        return len(self._order)
