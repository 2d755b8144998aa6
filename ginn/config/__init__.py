"""Take `report.toml` and the command line's overrides; give typed settings, their JSON Schema, and
errors with the line of the mistake. Never import the dataset, the network or code that computes.
"""
