"""Measure the claims: one claim in each module, with its control.

Takes recorded runs and boundaries, and gives effects, controls and p-values. Never imports the
table that gathers them.
"""
