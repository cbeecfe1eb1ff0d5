"""The desktop app, a window on the same client, store and trial code as the command line.

- ``app``         puts it together and runs it
- ``lab``         what all pages share: settings, database, the link to the pump
- ``board_link``  the pump as the window sees it: every call that may wait is made on threads of its own
- ``contact_watch``, ``alarm_watch``  whether what is known still holds; which alarms there are, and are heard
- ``worker``      a thread that does one thing after the other and hands the outcome back
- ``main_window`` header with Stop, alarms, pages; ``keys`` the keys that stop the pump wherever the cursor is
- ``theme``, ``settings``  its colours, what it remembers; ``crash`` what becomes of an error nobody foresaw
- ``live``, ``live_feed``  telemetry in memory, to be drawn at every scale, and what it is fed with
- ``run_work``    exports of stored runs, and finding a run's board
- ``pages/``      one file a page; ``widgets/`` one file a widget
- ``models/``     what pages show, worked out without Qt's widgets, and tested without a window
"""
