"""Serve a site on this machine, watch its sources, and show an author's mistakes.

Takes a function that builds. Never imports the pipeline or anything that computes.
"""
