"""What came back from outside: which checkpoint was taken by what, since when, and with which evidence."""
