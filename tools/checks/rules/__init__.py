"""Rules on content: each file exports `CHECK`."""
