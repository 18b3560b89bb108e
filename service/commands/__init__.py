"""The commands of ``strata``, one module for each family."""
