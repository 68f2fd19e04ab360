"""What devices ask for: populations, lessons and the activities in them."""
