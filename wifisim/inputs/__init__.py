"""What the files say: reading, checking and resolving a site. Frozen types, no physics."""
