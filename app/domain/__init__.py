"""The rules. Standard library and Shapely only; no clock, no user, no database."""
