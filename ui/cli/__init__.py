"""The command line `gma` (contract.md §2): exit 0 on success, 1 on a refused or failed action, 2 on wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ui.cli.parser import build_parser


def main(argv: Sequence[str] | None = None) -> int:
    """Parse, run one command, print; errors print one Chinese sentence with the next step."""
    arguments = build_parser().parse_args(argv)
    from core.errors import GmaError
    from ui.cli.output import fail

    try:
        code: int = arguments.run(arguments)
    except GmaError as error:
        return fail(error, getattr(arguments, "json", False))
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code
