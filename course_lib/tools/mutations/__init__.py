"""Altered copies of twisted.internet.task, against which the course is tried: what it says must then be found untrue."""
