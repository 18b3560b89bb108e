"""The US base schedule: reading official USITC editions and writing our schedule files from them.

Importer-specific and used only when the schedule is made or an edition is imported; nothing that answers
questions depends on it.
"""
