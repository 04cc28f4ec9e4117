"""Pages of people: sign-in, account, invitations, tokens."""
