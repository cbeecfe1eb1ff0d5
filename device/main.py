"""What the board runs at power-up."""

from pumpfw.app import App

App().run()
