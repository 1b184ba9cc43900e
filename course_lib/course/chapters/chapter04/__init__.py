"""Chapter 04: how to pause what runs, and how to stop it. One module an exercise."""
