"""Who answers for what checks raised: to whom it goes on, and who takes it over."""
