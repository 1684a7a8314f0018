"""
The control room: the answers as a web page on this machine, with levers beside them.

A user is a state: one scenario file and how it is run. What is done on the page leads from one state to the next
(`acts`), a link carries a state (`state`), and its answer is made by the same functions as the command line's (`work`).
"""
