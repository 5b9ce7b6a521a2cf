"""The only HTTP to models: chat completions, the demo endpoint, local servers; and the counters of this machine."""

import sys

# httpx takes its own command line with it wherever click and rich are installed: 7 MB that nobody here uses. Python's
# import system reads None as "not installed", for which httpx is prepared (its extra is called httpx[cli]).
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
