"""The exam: is the answer good, and how fast is it, measured against named peers in the same run."""
