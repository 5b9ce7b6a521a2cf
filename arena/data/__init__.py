"""Data files shipped with the program, each with its sources."""
