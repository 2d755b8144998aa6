"""The findings of each group of claims: the rows of the claims table, and the series.

Each module is a group, and its function `findings` is a stage. The function takes runs by their
ids. A group never imports another group, so that a change of one group's claims makes no other
claims again.
"""
