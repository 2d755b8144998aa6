"""Measure recorded runs: outcomes, facts, statistics, examples and the table of claims.

The package takes recorded runs, their boundaries and the dataset. It never draws and never writes
HTML.
"""
