"""Writes of background work: the queue, what people do with its jobs, and portions of one job."""
