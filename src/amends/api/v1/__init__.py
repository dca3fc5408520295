"""Version 1. What a program relies on stays; what is added never changes what is there.

`app` gathers the operations, one module a subject (`clients`, `threads`, …) with its schemas beside it in `schemas`.
"""
