"""Draw static SVG: network views, charts, small multiples and social cards.

The package takes facts, evidence and boundaries, and gives SVG text or PNG bytes. It never imports
pages, and never reads a file.
"""
