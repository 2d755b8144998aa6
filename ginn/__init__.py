"""The rooms of GINN: what is computed between `content/` and `site/`."""
