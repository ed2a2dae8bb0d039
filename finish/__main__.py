"""`python -m finish`."""

from finish.cli import main

main()
