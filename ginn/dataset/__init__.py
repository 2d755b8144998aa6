"""Take a drawing in TOML or an image file, and the rules for reading it; give labelled pixels with
named parts. Never import a network or a figure.
"""
