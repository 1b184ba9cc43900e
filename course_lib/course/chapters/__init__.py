"""The checks of the exercises, one folder a chapter, one module an exercise."""
