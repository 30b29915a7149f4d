"""The operators who take reports by phone."""
