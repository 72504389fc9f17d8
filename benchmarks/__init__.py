"""What the program costs, measured on generated groups of hotels. Fails on ratios, never on seconds."""
