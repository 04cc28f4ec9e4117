"""New passwords for people who have forgotten theirs, by an address that is mailed to them."""
