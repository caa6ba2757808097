"""Proofreading (校对): what a file says, held against what its report prints."""
