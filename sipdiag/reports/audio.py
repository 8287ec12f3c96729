"""The audio of a transfer's legs as plain texts (see `page` on escaping)."""

from __future__ import annotations

import textwrap

from sipdiag.dataclass import dataclass
from sipdiag.facts.streams import Rtp, Stream, in_common, speech, streams
from sipdiag.places import Frame
from sipdiag.reports.show import Show
from sipdiag.values import Address, Port, Word
from sipdiag.verdict import Verdict

_MOST = 24  # rows
_CODECS = 6  # of a row
_NOT_ACCEPTABLE = (415, 488, 606)
_ABOUT_MEDIA = frozenset({
    "media-not-updated-after-transfer", "transfer-invite-sdp-invalid", "media-encryption-mismatch",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One side of a leg. `when` is before or after the REFER; `held` that it keeps its peer on hold."""

    leg: str
    who: str
    when: str
    address: str
    port: int
    direction: str
    held: bool
    codecs: tuple[str, ...]
    at: Frame
    rtp: Rtp | None
    departed: bool

    @property
    def where(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}" if self.port else "refused (port 0)"

    @property
    def state(self) -> str:
        return self.direction + (" (held)" if self.held and self.direction == "sendrecv" else "")

    @property
    def listed(self) -> str:
        """The first codecs, without the rates that are usual."""
        names = [c.removesuffix("/8000") for c in self.codecs[:_CODECS]]
        more = len(self.codecs) - len(names)
        return " ".join(names) + (f" and {more} more" if more else "") if names else "none"

    @property
    def packets(self) -> str:
        """RTP packets seen to the address and from it; empty where the input holds no RTP."""
        if self.rtp is None:
            return ""
        about = "" if self.rtp.exact else "about "
        whole = " in all" if self.rtp.throughout else ""
        return f"{about}{self.rtp.to} to it, {about}{self.rtp.back} from it{whole}"

    @property
    def note(self) -> str:
        return "the address of the transferor, who leaves" if self.departed else ""


def rows(verdict: Verdict, show: Show) -> list[Row]:
    """The audio of every leg before the REFER and after it."""
    return [_row(s, show) for s in streams(verdict.transfer)[:_MOST]]


def lines(verdict: Verdict, show: Show, width: int) -> list[str]:
    """The rows as columns of a terminal, each leg under its name; what belongs to a row stands under it."""
    told: list[str] = []
    leg = ""
    for row in rows(verdict, show):
        if row.leg != leg:
            leg = row.leg
            shared = next((" ".join(c) or "none" for name, c in common(verdict, show) if name == leg), "")
            told.append(leg + (f": codecs in common {shared.replace('/8000', '')}" if shared else ""))
        line = f"  {row.who:10} {row.when:6} {row.where:21} {row.state:8} {row.listed}"
        told.append(line if len(line) <= width else line[: width - 1] + "…")
        below = "; ".join(x for x in (row.note, f"RTP {row.packets}" if row.packets else "") if x)
        told += textwrap.wrap(below, width, initial_indent="    ", subsequent_indent="    ")
    return told


def common(verdict: Verdict, show: Show) -> list[tuple[str, tuple[str, ...]]]:
    """Each leg with the codecs that both of its sides described."""
    return [(c.leg, _codecs(c.codecs, show)) for c in in_common(verdict.transfer)[:_MOST]]


def matters(verdict: Verdict) -> bool:
    """Whether a reader of a failed transfer wants to see its audio: a finding is about media, or the target refused it."""
    if not verdict.outcome.is_failure:
        return False
    told = {f.check.id for f in verdict.findings}
    return bool(told & _ABOUT_MEDIA) or verdict.transfer.target_status in _NOT_ACCEPTABLE


def _row(stream: Stream, show: Show) -> Row:
    media = stream.media
    return Row(
        leg=stream.leg,
        who=stream.who,
        when="after" if stream.after else "before",
        address=show(Address(media.address)) if media.address else "no address",
        port=int(show(Port(media.port))),
        direction=media.direction,
        held=media.active and media.held,
        codecs=_codecs(speech(media), show),
        at=stream.at,
        rtp=stream.rtp,
        departed=stream.departed,
    )


def _codecs(names: tuple[str, ...], show: Show) -> tuple[str, ...]:
    return tuple(show(Word(name)) for name in names[:50])
