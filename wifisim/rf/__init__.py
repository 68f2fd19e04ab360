"""How strong the signal is: channels, path loss, PHY rates and the survey. Arrays and pure functions."""
