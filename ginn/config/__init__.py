"""Give the settings of `report.toml` as typed models, with the errors that an author can mend.

Takes TOML text and command-line overrides. Never imports the dataset, the network or anything that
computes.
"""
