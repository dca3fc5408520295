"""Use cases of recoveries, a module for each stage and for what lies between them."""
