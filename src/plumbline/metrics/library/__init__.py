"""The metrics that come with Plumbline, by subject; `plumbline.metrics.registry` loads every module here."""
