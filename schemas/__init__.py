"""Shapes: tables, measures, recipes, expectations, errors. Imports nothing of ours."""
