"""``audit``: is the trail of who did what whole?"""

from dataclasses import asdict
from typing import Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.database import open_store
from pumpbench.cli.exits import BAD_USAGE, UsageError
from pumpbench.cli.options import Db, Json

app = typer.Typer(help="Check the audit trail.")
_HASH_DIGITS = 64


@app.callback()
def _group() -> None:
    """Be a group even with a single command."""


@app.command()
def verify(
    db: Db = None,
    anchor: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="an entry noted earlier, as every export states it"),
    ] = None,
    json: Json = False,
) -> None:
    """Check every link of the audit trail and name the first broken one; exit code 2 when it is not whole."""
    noted = None if anchor is None else _anchor(anchor)
    with open_store(db, read_only=True) as store:
        verdict = store.audit.verify(noted)
        number, link = store.audit.head()
    if json:
        say.json_line(asdict(verdict) | {"whole": verdict.whole, "head": {"number": number, "hash": link}})
    elif verdict.whole:
        say.line(f"{verdict.sentence}: {verdict.entries} entries, the last one {number}:{link}")
    if not verdict.whole:
        say.warn(verdict.sentence)
        raise typer.Exit(BAD_USAGE)


def _anchor(text: str) -> tuple[int, str]:
    number, _, link = text.partition(":")
    if not number.isdecimal() or len(link) != _HASH_DIGITS:
        raise UsageError(
            f'--anchor "{text}" is not an entry\'s number, a colon and its hash of {_HASH_DIGITS} digits'
        )
    return int(number), link
