"""Draw static SVG: network views, charts, small multiples and social cards.

Takes facts, evidence and boundaries, and gives SVG text or PNG bytes. Never imports pages and never
reads a file.
"""
