"""Reports: one neutral value per thing to show, one file per format. Building a report and drawing it are different acts.

`plan`, `drift`, `findings`, `run`, `status`, `providers` and `lookup` build a `Report`; `terminal`, `markdown` and `json` draw one.
Nothing here decides, asks a target or reads a clock.
"""
