"""Where `sipdiag` and `python -m sipdiag` begin."""


def main() -> None:
    """Run the command line; an interrupt ends it with 130, also while Python still imports."""
    try:
        from sipdiag.cli import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
