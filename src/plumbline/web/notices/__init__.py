"""The pages of notices: what somebody was told of, and how they want to be told."""
