"""Give the files that the browser loads: sprite sheets, boundary and weight chunks, downloads.

Takes recorded runs and their boundaries, and gives named bytes. Never imports pages or figures.
"""
