"""Who stands in for whom today, for the rules about second persons."""
