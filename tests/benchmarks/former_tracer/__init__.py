"""The tracer before exact signs, for comparison by `trace.py` until issue 14 ends."""
