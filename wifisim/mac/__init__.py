"""What the air carries: association, contention domains and the airtime a bit costs."""
