"""The sample agency that `amends demo` opens: an invented studio, its clients and a year of their mail."""
