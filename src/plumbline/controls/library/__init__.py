"""The checks that come with Plumbline, by subject; `plumbline.controls.registry` loads every module here."""
