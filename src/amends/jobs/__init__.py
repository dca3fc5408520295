"""Background jobs: whose each is, who does it now, how far it is, how often it was tried, and why it failed.

Jobs are tasks of Django's interface (`@task`, `enqueue`), kept by `django-tasks-db`. What that lacks stands beside its
rows: a firm, a lease, attempts with a reason, and portions of work that several workers do together.
"""
