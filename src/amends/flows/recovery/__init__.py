"""A recovery, from owning it to learning from it: use cases that cross parts."""
