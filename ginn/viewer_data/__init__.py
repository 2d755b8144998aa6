"""Give the files that the browser loads: sprite sheets, boundary and weight chunks, downloads.

The package takes recorded runs and their boundaries, and gives named bytes. It never imports pages
or figures.
"""
