"""The tuning bench: identify the pump that is connected, by steps of flow and whole revolutions, and see
what the learned map makes of its ripple."""
