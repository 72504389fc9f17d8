"""What git wants of each kind, and how its values are written."""
