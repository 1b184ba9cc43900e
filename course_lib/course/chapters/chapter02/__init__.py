"""Chapter 02: what is called later, and what is called again and again. One module an exercise."""
