"""Keep results, run workers, catch signals and replace the output folder.

Takes functions and bytes, and holds no code about networks or pictures. Never imports another part
of `ginn`, except errors and files.
"""
