"""Train networks and give recorded runs; give their forward pass in float64.

Takes a dataset and a training configuration. The only package that may import torch; never imports
geometry.
"""
