"""Keep results, run workers, catch signals and replace the output folder.

The package takes functions and bytes, and holds no code about networks or pictures. It never
imports another part of `ginn`, except errors and files.
"""
