"""Keep results, run workers, catch signals and replace the output folder.

Takes functions and bytes, and knows nothing of the subject. Never imports another package of
`ginn`, but for errors and files.
"""
