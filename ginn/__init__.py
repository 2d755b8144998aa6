"""The packages of GINN: all code that turns `content/` into `site/`."""

__version__ = "0.1.0"
