"""How fast the course is, as ratios: each thing against its reference, in the same run of the same process."""
