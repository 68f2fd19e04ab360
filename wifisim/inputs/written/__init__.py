"""The written form: what people type, as pydantic models. One file a subject; every quantity key carries its unit."""
