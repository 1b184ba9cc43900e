"""The tests of the course, and the tools of those who keep it."""

import os

# Nothing is kept of what is solved while a notebook is run here, so that none depends on who runs it.
os.environ["TWISTED_TASK_COURSE_STATE"] = os.devnull
