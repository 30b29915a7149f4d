"""Every read. Rows or frozen dataclasses; no write, no clock, no current user."""
