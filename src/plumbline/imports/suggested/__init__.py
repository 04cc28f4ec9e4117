"""Maps that are proposed for files of published formats, so that a person only confirms: `suggestion`."""
