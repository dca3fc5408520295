"""Telling other programs what happened: what is told (`announce`), sending it (`deliver`), and to whom (`manage`)."""
