"""``python -m rolenlp`` is ``rolenlp``."""

from rolenlp.cli import main

if __name__ == "__main__":
    main()
