"""Train networks and return recorded runs; evaluate a network in float64.

The package takes a dataset and training settings. It is the only package that may import torch, and
it must never import geometry or a package that follows it.
"""
