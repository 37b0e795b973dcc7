"""How an installation is set up and kept running: `flask init`, `flask serve`, `flask worker`.

Stands above all features, so that it may call whatever has to be set up or done at intervals.
"""
