"""Small widgets that know nothing of the pump, one a file."""
