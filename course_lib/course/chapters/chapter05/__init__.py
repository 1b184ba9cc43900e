"""Chapter 05: loops that are late, fail, ask for an answer, and work together. One module an exercise."""
