"""What tshark is asked for, by whichever road, and the one error of both."""

from __future__ import annotations

import shutil
from pathlib import Path

from sipdiag.dataclass import dataclass

TIME_LIMIT = 600  # seconds for one file
_INSTALL = "install it with: apt-get install tshark (Debian), brew install wireshark (macOS)"


class TsharkError(Exception):
    """tshark is missing, or could not read the file; the message is one line."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read through tshark: which frames (a display filter), with which keys.

    tshark knows what runs inside TLS by its port; `sip_ports` are further ones of which it is told that it is SIP.
    """

    program: str
    path: Path
    input_id: str
    display: str
    keylog: Path | None = None
    tls_key: Path | None = None
    sip_ports: tuple[int, ...] = ()

    @property
    def decoding(self) -> dict[str, str]:
        """What tshark is told of ports."""
        return {f"tls.port=={port}": "sip" for port in self.sip_ports}

    @property
    def preferences(self) -> dict[str, str]:
        """tshark's preferences by name."""
        found = {"tcp.reassemble_out_of_order": "TRUE"}
        if self.keylog is not None:
            found["tls.keylog_file"] = str(self.keylog)
        if self.tls_key is not None:
            found["uat:rsa_keys"] = f'"{self.tls_key}",""'
        return found


def program() -> str:
    """Where tshark is. Raises TsharkError, with the command that installs it, where it is not."""
    found = shutil.which("tshark")
    if found is None:
        raise TsharkError(f"tshark is needed to read this and is not installed; {_INSTALL}")
    return found
