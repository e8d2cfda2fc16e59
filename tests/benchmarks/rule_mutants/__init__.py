"""Faults planted in the rules, one at a time, and what the gate says to each."""
