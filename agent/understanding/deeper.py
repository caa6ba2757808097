"""The mark of a question that follows a change one level down."""

DEEPER = "往下看"
"""What stands in `query` of an `explain` that asks who a change comes from on the next level."""
