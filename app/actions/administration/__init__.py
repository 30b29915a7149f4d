"""What an administrator changes: each change is checked, written to the audit, and can be undone."""
