"""From the written form to the resolved types: one file a subject, defaults filled in, references followed."""
