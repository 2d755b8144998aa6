"""Give a black and white picture as labelled pixels with named parts.

Takes a drawing in TOML or an image file, and how to read it. Never imports a network or a figure.
"""
