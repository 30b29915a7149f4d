"""Fixtures of the actions' tests."""

from tests.actions.merge_kit import pair

__all__ = ["pair"]
