"""Reading a published release piece by piece: goods, programs, measures, acts, lists."""
