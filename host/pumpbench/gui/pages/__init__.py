"""One file a page; each is a `Page`."""
