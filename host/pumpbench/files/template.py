"""The program file that ``pumpbench program new`` writes: every key, explained, ready to run."""

PROGRAM = """\
# A pumpbench program. Bench and laboratory use only, never on a patient.
# Quantities are text with a unit: "1.2 mL/day", "50 uL/h", "30 mL", "2h30m". docs/files.md lists every key.

[program]
name = "my program"             # what the run is called, up to 24 bytes
mode = "autonomous"             # "autonomous": delivers whoever is listening; "attended": the host must stay
on_link_lost = "stop"           # what an attended program does without the host: "stop" or "keep-open"
keep_open_rate = "0.1 mL/day"   # the trickle that keeps a line open; never above the set rate
repeat = 1                      # how often all segments are gone through
telemetry_rate = "10 Hz"        # records a second, 1 Hz to 1000 Hz within what the board says it can

# Segments are delivered one after the other. Each ends by time (duration) or by volume, not both.

[[segments]]
kind = "ramp"                   # from rate to to_rate in a straight line
reservoir = "main"              # id of a reservoir below; may be left out when there is only one
rate = "0.5 mL/day"
to_rate = "1.2 mL/day"
duration = "2h30m"

[[segments]]
kind = "constant"
reservoir = "main"
rate = "1.2 mL/day"
duration = "14 days"

[[segments]]
kind = "bolus"                  # a volume at a rate, or a volume over a duration
reservoir = "main"
volume = "100 uL"
rate = "2 mL/h"

[[segments]]
kind = "pause"                  # nothing flows
duration = "10 min"

[[segments]]
kind = "keep-open"              # keep_open_rate, or a rate of its own
reservoir = "main"
duration = "1 h"

# Up to four reservoirs, in the order of the selector valve.

[[reservoirs]]
id = "main"                     # a name or a number
capacity = "30 mL"
contents = "30 mL"              # what is in it at the start
drug = "water"
concentration = "0 mg/mL"
low_at = "3 mL"                 # warn when so much is left; a tenth of the contents when left out
empty_at = "0.5 mL"             # stop when so much is left; 0 when left out
"""
