"""The clock: the school day as SimPy processes over the flow kernel."""
