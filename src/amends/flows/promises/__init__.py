"""Promises as use cases: what people do with them (`settle`), dates in words (`when`), the digest (`digest`)."""
