"""Lists that somebody saved under a name: conditions, columns, order and density; mine or shared."""
