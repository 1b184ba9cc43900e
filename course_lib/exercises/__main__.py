"""The progress on the command line: `python -m course_lib.exercises`, and `--reset` to begin anew."""

from __future__ import annotations

import argparse
import sys
from io import TextIOWrapper

from course_lib.exercises import state


def main() -> None:
    """Print what is solved."""
    parser = argparse.ArgumentParser(prog="python -m course_lib.exercises", description="What you have solved.")
    parser.add_argument("--reset", action="store_true", help="forget it all")
    if parser.parse_args().reset:
        state.reset()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # into a pipe, Windows may write an alphabet that has no bars
    print(repr(state.progress()))


if __name__ == "__main__":
    main()
