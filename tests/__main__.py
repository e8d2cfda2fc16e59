"""Format, check, test: `python -m tests` runs all three, and stops at the first that fails.

What follows goes to pytest: `python -m tests -k wheel`.
"""

import subprocess
import sys

COMMANDS = (
    ("black", "--check", "--quiet", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest", "-n", "auto", "--maxprocesses", "8", *sys.argv[1:]),
)


def main() -> int:
    for name, *arguments in COMMANDS:
        print(f"$ {' '.join((name, *arguments))}", flush=True)
        ended = subprocess.run([sys.executable, "-m", name, *arguments], check=False)
        if ended.returncode:
            return ended.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
