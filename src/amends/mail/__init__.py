"""Mail: raw store, parsing, threading, reading. `parsing` is pure; the rest keeps rows."""
