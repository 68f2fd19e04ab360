"""What flows share, air and wire alike: resources, routes, the sharing rule and transport."""
