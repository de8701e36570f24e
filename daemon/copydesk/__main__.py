"""`python -m copydesk`."""

import sys

from copydesk.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
