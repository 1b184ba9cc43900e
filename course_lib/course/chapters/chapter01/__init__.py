"""Chapter 01: what waits, what works, and who has the reactor. One module an exercise."""
