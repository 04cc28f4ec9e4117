"""The way in for somebody who has no password yet."""
