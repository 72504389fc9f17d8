"""HTML reports in a real browser. Skipped where the system has no Chromium."""
