"""Document formats: each file exports `EXPORTER`."""
