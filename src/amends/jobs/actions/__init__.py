"""Writes of background work: the queue, what people do with its jobs, and shares of one job."""
