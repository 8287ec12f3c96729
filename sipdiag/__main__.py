"""Where `sipdiag` and `python -m sipdiag` begin and end."""

import atexit
import os
import sys


def main() -> None:
    """Run the command line; an interrupt ends it with 130, also while Python still imports."""
    try:
        from sipdiag.cli import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def process() -> None:
    """Run the command line, and end the process with it.

    It ends at once: to take apart what a run has made, object by object, is a twentieth of the work of a long one.
    """
    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    if code is not None and not isinstance(code, int):
        sys.exit(str(code))
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # what cannot be written any more is for Python to tell
        sys.exit(code)
    os._exit(code or 0)


if __name__ == "__main__":
    process()
