"""Ethics reviews of AI systems: an example of a Plumbline plugin."""
