"""What this course teaches: data for the engine, which knows no chapter."""
