"""The firmware: control tick, step generation, sensors, reservoirs, program, alarms, ledger and link."""
