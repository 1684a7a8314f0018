"""
Lawqueue: law decides who is handled; queues decide when.

>>> import lawqueue as lq
>>> lq.__version__ >= "0.1"
True
"""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("lawqueue")
