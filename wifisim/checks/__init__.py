"""Plain arithmetic on a site, without simulating it: named rules, each with its sum, its place and its remedy."""
