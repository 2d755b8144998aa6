"""Serve a site on this machine, watch its sources, and show an author's mistakes.

The caller gives the function that builds the site. This package never imports the pipeline or
anything that computes.
"""
