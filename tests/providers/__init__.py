"""Tests of everything that speaks to models."""
