"""`python -m app.cli`: the same as `qauip`, for children that must run under this interpreter."""

from app.cli import main

main()
