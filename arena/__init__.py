"""A blind arena for conversational models that shows the footprint of each answer."""

__version__ = "0.1.0"
