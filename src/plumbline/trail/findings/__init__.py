"""What a scrub or a reader found to differ from the trail, kept until a later scrub finds it right again."""
