"""python -m wifisim: the same as the wifisim command."""

from wifisim.cli.main import main

if __name__ == "__main__":
    main()
