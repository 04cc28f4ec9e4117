"""Documents of published formats, recognised by what their specifications require of them: `formats`."""
