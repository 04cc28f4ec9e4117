"""The rules that come with Plumbline, by clause; `plumbline.assurance.engine` loads every module here."""
