"""Render articles and templates to HTML.

The package takes Markdown, facts and figures, and gives the files of the site by address. Only this
package may import jinja2 and markdown. It never imports the pipeline.
"""
