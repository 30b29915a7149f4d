"""Every write: orders with keywords. Lock, permission, rule, change and event, what must follow. Never a commit."""
