"""Trace the exact boundaries, cells and motion of a recorded run.

The package takes recorded weights and subdivides the unit square. It must never import torch, a
picture's parts, or anything that draws.
"""
