"""`python -m remindr`."""

from remindr.cli import main

if __name__ == "__main__":
    main()
