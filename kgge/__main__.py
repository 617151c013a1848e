"""``python -m kgge``: the command line."""

from kgge.cli import main

if __name__ == "__main__":
    main()
