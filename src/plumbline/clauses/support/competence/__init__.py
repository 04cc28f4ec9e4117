"""Who has which competence on a day, read from competences, qualifications and trainings (7.2, A.4.6)."""
