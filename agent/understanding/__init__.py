"""Understanding (理解): pure, table-tested resolvers with one entrance, `read`."""

from agent.understanding.context import Context
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.pending import Pending
from agent.understanding.reading import read

__all__ = ["Context", "IndicatorLookup", "Pending", "read"]
