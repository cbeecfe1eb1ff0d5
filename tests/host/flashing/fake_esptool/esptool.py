"""In esptool's place: notes what it was asked, and answers as the environment says."""

import json
import os
import sys
from pathlib import Path

with Path(os.environ["FAKE_ESPTOOL_LOG"]).open("a", encoding="utf-8") as log:
    log.write(json.dumps(sys.argv[1:]) + "\n")
fails_at = os.environ.get("FAKE_ESPTOOL_FAILS_AT")
if fails_at in sys.argv:
    print("esptool v5\nA fatal error occurred: Failed to connect to ESP32: no serial data received.")
    sys.exit(2)
