"""The steps of the graph, one file each; every `run` takes the state and the turn and returns what changed."""
