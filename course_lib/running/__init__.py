"""Runs an experiment, in virtual time or on the real reactor, from its first instant to a clean clock."""
