"""The outside world: one small Protocol each, a real one and a plain one. No database, no settings."""
