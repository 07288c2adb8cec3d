"""Benchmarks: figures, never failures."""
