"""A resolved site as YAML text in the written form: the twin of ``reader``."""
