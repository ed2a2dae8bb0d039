"""`python -m docs.generator`: write every page of `docs/reference/` that is generated."""

from __future__ import annotations

from docs.generator.pages import PAGES, REFERENCE


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make())


if __name__ == "__main__":
    main()
