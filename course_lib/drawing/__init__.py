"""The parts of a timing diagram; `course_lib.diagram` puts them together. Knows nothing of Twisted."""
