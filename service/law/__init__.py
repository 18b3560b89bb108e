"""The law as data: domain types and pure functions, no I/O and no clock."""
