"""Code hosts: where a change is reviewed, and where people are told what became of it."""
