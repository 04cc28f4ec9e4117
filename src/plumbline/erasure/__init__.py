"""Erasure: requests, holds, retention, and the work itself."""
