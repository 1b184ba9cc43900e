"""Python takes the file that ALTERED_TASK names for twisted.internet.task, if this folder is on its PYTHONPATH.

So it is in every process that inherits the environment: tests, kernels, scripts, and what they start.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType


class AlteredSource(SourceFileLoader):
    """Loads a module from its own file, so that tracebacks name it, with the source of the altered copy."""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 – the one that this folder's finder asks for
        """Compile the altered copy."""
        source = Path(os.environ["ALTERED_TASK"]).read_text(encoding="utf-8")
        return compile(source, self.path, "exec", dont_inherit=True)


class AlteredTask:
    """Finds twisted.internet.task, and nothing else."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, *_: object) -> ModuleSpec | None:
        """Find where the module is installed, and have it loaded from the altered copy."""
        if name != "twisted.internet.task":
            return None
        found = PathFinder.find_spec(name, path)
        if found is None or found.origin is None:
            return None
        return spec_from_file_location(name, found.origin, loader=AlteredSource(name, found.origin))


if os.environ.get("ALTERED_TASK"):
    sys.meta_path.insert(0, AlteredTask)
