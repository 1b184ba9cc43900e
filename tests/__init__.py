"""The tests, and the tools that only maintainers need."""
