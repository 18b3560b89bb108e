"""HTTP: decode, call the engine, encode."""
