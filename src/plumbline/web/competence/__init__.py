"""Pages of clause 7.2: who has which competence, and whether somebody had one on a day."""
