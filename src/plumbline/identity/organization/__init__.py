"""What the organization is called and where it is reached: settings that a person changes on a page."""
