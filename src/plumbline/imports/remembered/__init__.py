"""What was chosen for an earlier file with the same columns, suggested for the next one."""
