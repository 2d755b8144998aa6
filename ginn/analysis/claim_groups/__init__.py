"""The findings of each group of claims: measure its claims, make its rows and its series.

A module is a group, and its `findings` is a stage. Takes runs by their ids, and never imports
another group, so that a change of one group's claims makes no other claims again.
"""
