"""The desktop app, a window on the same client, store and trial code as the command line.

- ``app``         puts it together and runs it
- ``lab``         what all pages share: settings, database, the link to the pump
- ``board_link``  the pump as the window sees it: every call that may wait is made on threads of its own
- ``worker``      a thread that does one thing after the other and hands the outcome back
- ``main_window`` header with Stop, alarms, pages
- ``pages/``      one file a page; ``widgets/`` one file a widget
- ``models/``     what pages show, worked out without Qt's widgets, and tested without a window
"""
