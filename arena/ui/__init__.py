"""The only Gradio: pages, cards, texts and the stream that a page watches."""

import os

# Gradio reads both when it is imported, and only this package imports it: no statistics are sent to
# its makers, and no model hub is asked for anything.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
