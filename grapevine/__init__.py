"""The front desk: settings, the seven steps in order, and the command line."""
