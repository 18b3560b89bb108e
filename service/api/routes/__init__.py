"""The handlers, one module for each family of paths."""
