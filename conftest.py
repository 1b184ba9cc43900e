"""For every test, nbval's too: nothing is kept of what is solved, so that no notebook depends on who runs it."""

import os

os.environ["TWISTED_TASK_COURSE_STATE"] = os.devnull
