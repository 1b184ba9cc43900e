"""The tests of the course: a folder for each of the library's, and lessons, twisted and browser."""

import os

# Nothing is kept of what is solved while a notebook is run here, so that none depends on who runs it.
os.environ["TWISTED_TASK_COURSE_STATE"] = os.devnull
