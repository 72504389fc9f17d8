"""The pipelines, run step by step on this machine."""
