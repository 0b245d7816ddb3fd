"""The household figures computed a second time, by hand, from the definitions: loops and dictionaries.

It is slow and short on purpose. Nothing here may be taken from sql/ or from the linking code: the two
are only worth comparing because they were written apart from the same text.
"""
