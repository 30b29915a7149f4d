"""Each command says what it does and shows an example."""

from collections.abc import Iterator

import click
import pytest

from app.cli import main


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


@pytest.mark.parametrize(("name", "command"), list(commands(main)))
def test_help_has_an_example_of_this_very_command(name: str, command: click.Command) -> None:
    assert f"qauip {name}" in (command.help or "")
