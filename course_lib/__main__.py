"""`python -m course_lib` is the command `course`, for whoever has not got it on the path."""

from course_lib.commands import course

course(prog_name="course")
