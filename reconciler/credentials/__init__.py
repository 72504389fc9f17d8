"""Credentials: references in git, values nowhere but in memory."""
