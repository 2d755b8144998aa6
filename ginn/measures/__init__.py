"""What the report claims, measured: a file a claim, from arrays to small frozen results."""
