"""The cases of the checks, a module for each module of checks, and the samples that they are made of."""
