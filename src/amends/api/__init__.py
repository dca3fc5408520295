"""The REST API: endpoints and schemas for other programs, entered with an access token and nothing else."""
