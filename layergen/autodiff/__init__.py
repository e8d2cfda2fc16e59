"""The user's forward, run and traced: so far one trial run on example inputs (trial.py)."""
