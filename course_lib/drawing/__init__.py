"""The parts of a timing diagram; `course_lib.drawing.diagram` puts them together. Knows nothing of Twisted."""
