"""Python takes the file that ALTERED_TASK names for twisted.internet.task, if this folder is on its PYTHONPATH.

So it is in every process that inherits the environment: tests, kernels, scripts, and what they start.
"""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location


class AlteredSource(SourceFileLoader):
    """Loads a module from its own file, so that tracebacks name it, with the source of the altered copy."""

    def get_code(self, fullname):
        with open(os.environ["ALTERED_TASK"], encoding="utf-8") as file:  # noqa: PTH123 – no pathlib before the program's own
            return compile(file.read(), self.path, "exec", dont_inherit=True)


class AlteredTask:
    """Finds twisted.internet.task, and nothing else."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Find where the module is installed, and have it loaded from the altered copy."""
        if name != "twisted.internet.task":
            return None
        found = PathFinder.find_spec(name, path)
        return found and spec_from_file_location(name, found.origin, loader=AlteredSource(name, found.origin))


if os.environ.get("ALTERED_TASK"):
    sys.meta_path.insert(0, AlteredTask)
