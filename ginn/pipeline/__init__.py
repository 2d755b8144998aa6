"""Run the stages of a build, and put the site together.

Takes settings, datasets, a cache and a worker pool, and gives every file of the site. Never
imported by a package that computes.
"""
