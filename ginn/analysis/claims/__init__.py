"""Measure the claims: one claim in each module, with its control.

A module takes recorded runs and boundaries, and gives effects, controls and p-values. It never
imports the groups that gather claims.
"""
