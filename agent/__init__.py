"""The graph: how one request walks from a sentence to an answer, a draft or a release."""
