"""Rules on written files: each file exports `CHECKS`."""
