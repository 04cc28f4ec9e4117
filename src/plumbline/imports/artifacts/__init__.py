"""What files of published formats that a component or dataset carries say of it: read out, never written."""
