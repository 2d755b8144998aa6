"""The rooms of GINN: what is computed between `content/` and `site/`."""

__version__ = "0.1.0"
