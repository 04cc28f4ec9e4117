"""Who answers for records, and which ones nobody answers for."""
