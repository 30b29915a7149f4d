"""The work of the bodies, and of moderators."""
