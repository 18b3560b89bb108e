"""Auditing the law against official editions of the schedule: what they print, and whether it is known here."""
