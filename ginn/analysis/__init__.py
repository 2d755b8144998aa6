"""Measure recorded runs: outcomes, facts, statistics, examples and the table of claims.

Takes recorded runs, their boundaries and the dataset. Never draws and never writes HTML.
"""
