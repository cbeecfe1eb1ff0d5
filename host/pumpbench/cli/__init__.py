"""The command line: one file a command group, over the client, the store and the conductor."""
