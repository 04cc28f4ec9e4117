"""The page of webhooks, for administrators."""
