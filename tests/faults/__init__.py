"""Servers on loopback that fail on purpose: a proxy that injects faults, and a plain server of ranged files."""
