"""Pure functions that answer questions from a compiled schedule of the law."""
