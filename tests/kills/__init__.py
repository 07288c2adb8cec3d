"""Tests of runs that are cut off."""
