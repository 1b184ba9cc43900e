"""What happened and when: records, their text, and how two runs compare. Knows neither Twisted nor matplotlib."""

from course_lib.timeline.records import Bar, Call, Hold, Mark, Wait
from course_lib.timeline.timeline import Timeline

__all__ = ["Bar", "Call", "Hold", "Mark", "Timeline", "Wait"]
