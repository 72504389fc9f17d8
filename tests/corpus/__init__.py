"""Bad files and values, end to end: see README.md."""
