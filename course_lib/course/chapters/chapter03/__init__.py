"""Chapter 03: tasks in steps, who is next, how they wait and how they end. One module an exercise."""
