"""Render articles and templates to HTML.

Takes Markdown, facts and figures, and gives the files of the site by address. The only package that
may import jinja2 and markdown; never imports the pipeline.
"""
