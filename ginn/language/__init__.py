"""The words of pages and of the viewer in a language, with its numbers, plurals and dates.

Takes a file of words and a language's tag; gives texts. Never imports what makes figures or pages.
"""
