"""Print the table of ratios: `uv run python -m tests.benchmarks`; exit 1 where a bar is missed."""

from __future__ import annotations

import sys
from itertools import chain

from tests.benchmarks import clocks, peers, pictures, whole


def main() -> int:
    """Measure everything, a line each as it is known."""
    missed = 0
    for row in chain(clocks.rows(), peers.rows(), pictures.rows(), whole.rows()):
        print(row, flush=True)
        missed += not row.kept
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
