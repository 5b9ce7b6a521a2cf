"""The only Gradio: pages, cards, texts and the stream that a page watches."""

import os
import sys

from arena.ui.sparing_import import import_gradio_sparingly

# Gradio reads both when it is imported, and only this package imports it: no statistics are sent to
# its makers, and no model hub is asked for anything.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# The command line of the HTTP client that Gradio brings along, as in arena.providers: 7 MB for nobody.
sys.modules.setdefault("httpx2._main", None)  # type: ignore[arg-type]
# Gradio looks for it on disk before and after every call; no page of ours has a plot.
sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
import_gradio_sparingly()
