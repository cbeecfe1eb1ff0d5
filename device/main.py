"""What the board runs at power-up."""

import gc

if hasattr(gc, "threshold"):
    gc.threshold(4096)  # bytes between collections: what compiling leaves behind must not scatter the heap

from pumpfw.app import App

app = App()
if hasattr(gc, "threshold"):
    gc.threshold(-1)  # from here on nothing allocates but the link's answers
app.run()
