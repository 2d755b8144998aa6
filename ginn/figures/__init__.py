"""Draw static SVG: network views, charts, small multiples and social cards.

Takes facts, series and boundaries, and gives text or image bytes. Never imports pages and never
reads a file.
"""
