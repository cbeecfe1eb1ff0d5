"""The trial protocol that ``pumpbench trial new`` writes: every key, explained, ready to run."""

TRIAL = """\
# A flow-accuracy trial. Bench and laboratory use only, never on a patient.
# docs/files.md lists every key. Rates, volumes and times are text with a unit; plain numbers carry their unit
# in the key's name.

[trial]
name = "my trial"
rate = "5 mL/h"                 # the set rate, to which errors refer
preset = "general"              # "general": the second hour, by 0.5 min; "ambulatory": day 2, by 15 min
who = ""                        # who runs it; the user when empty
tube_set = 0                    # number of the tube set (`pumpbench tube list`); 0: the board's own
note = ""                       # anything that a reader of the report should know

[pump]
kind = "ours"                   # "ours": commanded over its port; "other": only the balance sees it
contents = "30 mL"              # what its reservoir holds at the start
rollers = 3                     # with them the pulsation is told apart; stroke_volume = "50 uL/rev" as well

# What is known of the balance goes into the uncertainty budget; what is not stated is not in it, and the
# uncertainty then is not known.
[balance]
protocol = "mt-sics"            # "mt-sics" (Mettler-Toledo), "sbi" (Sartorius), "a-and-d", "ohaus"
read_every = "5 s"
resolution_mg = 0.1             # last digit
repeatability_mg = 0.1          # standard deviation of one reading
drift_mg_h = 0.1                # limit of the drift
gain_ppm = 100                  # limit of the gain's error, linearity included
# baud = 9600                   # where it is not set as the factory does: also bits, parity ("N", "E", "O")

[liquid]
name = "water"
density_g_ml = 0.998            # leave it out with temperature and air pressure: water's own is taken
# temperature_c = 20.0          # with air_pressure_hpa: buoyancy is corrected (ISO 8655-6); a virtual balance
# air_pressure_hpa = 1013       # knows no buoyancy
# evaporation_mg_h = 0.5        # what a control vessel loses

[analysis]                      # where the preset is not wanted
interval = "30 s"
windows_min = [2, 5, 11, 19, 31]
from = "1 h"
to = "2 h"

[limits]
mean_error_percent = 5
trumpet_percent = [20, 10, 7, 6, 5]   # one a window, or one for all
bolus_mean_percent = 5
alarm_within = "30 min"         # from closing the line to the alarm
occlusion_bolus = "0.5 mL"      # what may come out when the line is opened again

# [refill]                      # of an implanted pump, [pump] kind = "other"
# filled = "30 mL"
# returned = "11.8 mL"          # what came back; or later by `pumpbench trial report DIR --returned`
# dead_volume = "0.2 mL"
# action_level_percent = 15

# Steps are carried out one after the other.

[[steps]]
kind = "prime"                  # a volume at a rate, into the vessel
volume = "0.5 mL"
rate = "30 mL/h"

[[steps]]
kind = "zero"                   # what lies on the pan is zero from now on

[[steps]]
kind = "stabilise"              # nothing is delivered; the balance's drift is seen
duration = "5 min"

[[steps]]
kind = "deliver"                # at the trial's rate, or at a rate of its own; long enough: it is analysed
duration = "2 h"
# end_of_life = "1 h"           # the delivery ends the tube set's life: over its last hour error B is taken

[[steps]]
kind = "bolus"                  # each is weighed after it has settled
count = 5
volume = "0.1 mL"
rate = "30 mL/h"
settle = "30 s"

[[steps]]
kind = "back-pressure"          # somebody at the bench sets it; on a virtual bench the model does
pressure_kpa = 13.3
note = "raise the outlet or set the regulator: 100 mmHg"

[[steps]]
kind = "deliver"
duration = "2 h"

[[steps]]
kind = "back-pressure"
pressure_kpa = 0

[[steps]]
kind = "occlusion"              # the line is closed until the alarm, then opened again
duration = "1 h"                # so long the alarm is waited for
settle = "30 s"
"""
