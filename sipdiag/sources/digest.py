"""The SHA-256 of a file, made beside the reading of it: hashing releases the interpreter lock."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

_PIECE = 4 << 20  # octets; after each piece the interpreter lock is waited for, so they are large


class Digest:
    """Begins when it is made; `value` waits for its end, and is empty where the file could not be read."""

    def __init__(self, path: Path) -> None:
        self._path, self._hex = path, ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        digest, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
        try:
            with self._path.open("rb", buffering=0) as file:
                while size := file.readinto(piece):
                    digest.update(piece[:size])
            self._hex = digest.hexdigest()
        except OSError:
            self._hex = ""

    def value(self) -> str:
        self._thread.join()
        return self._hex
