"""The words that all rooms share; standard library only.

Nothing here reads a file, a clock or a network. The other rooms (connectors, transforms, warehouse, digests) import
from here and not from each other, so what passes between them is defined here once.
"""
