"""The base schedule of China: laying a newer tariff over our schedule files.

Used only when a tariff is imported; nothing that answers questions depends on it. What is not peculiar to China is
taken from ``service.hts``, which does the same for the United States.
"""
