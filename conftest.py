"""For nbval too, which needs nothing else of the tests: what their package says of the environment."""

import tests  # noqa: F401

pytest_plugins = ["course_lib.tools.counts"]  # what a run has compared
