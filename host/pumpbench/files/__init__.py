"""Files that people write (TOML): read, checked, and told in one sentence what is wrong with them."""
