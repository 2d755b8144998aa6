"""Give the exact boundaries, cells and motion of a recorded run.

Takes recorded weights and subdivides the square. Never imports torch, a picture's parts or anything
that draws.
"""
