"""The words of pages and of the viewer in a language, with its numbers, plurals and dates.

The package takes a file of words and a language's tag, and gives texts. It never imports a package
that makes figures or pages.
"""
