"""The scored questionnaire that an impact assessment carries: a file of answers, and what it comes to."""
