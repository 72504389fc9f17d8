"""The engine: what differs, in which order it is put right, what remains of a plan, who moved."""
