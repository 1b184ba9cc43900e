"""Notes what an experiment does: the clock it is handed, the jobs it traces, who holds the reactor."""
