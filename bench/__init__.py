"""What is timed and how, against whom: `python -m bench` lists and runs it all."""
