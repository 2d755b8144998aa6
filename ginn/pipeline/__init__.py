"""Run the stages of a build, and put the site together.

The package takes settings, datasets, a cache and a worker pool, and gives every file of the site.
No package that computes imports it.
"""
