"""A run over files: which tables are read, where each goes, and that all can, before one is judged.

Several inputs become one table, where a column says which file a row is from, or a table each in a
folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rolenlp.schema import BATCH, mix_text
from rolenlp.tables import TableReader
from rolenlp.tables.columns import columns_of
from rolenlp.tables.several import open_together, outputs_in
from rolenlp.tables.write import check_output
from rolenlp.verdicts.columns import added_columns

if TYPE_CHECKING:
    from rolenlp.label.run import Jobs
    from rolenlp.label.summary import Summary
    from rolenlp.label.workers import Options

Run = tuple[Callable[[], TableReader], str]  # how a table is opened, and the file that it goes to


def is_folder(output: str) -> bool:
    """Whether an output is a folder, of a file for each input; it need not be there yet."""
    return output != "-" and (output.endswith(("/", os.sep)) or Path(output).is_dir())


def runs_to(
    output: str,
    paths: Sequence[str],
    opened: Callable[[str], TableReader],
    *,
    together: bool,
    prefix: str = "",
) -> list[Run]:
    """A run for each table that is to be written; `together` makes one of the inputs.

    Raises InputError where names in a folder would clash, or it is not empty.
    """
    if is_folder(output):
        outputs = outputs_in(output, paths)
        return [(partial(opened, path), str(to)) for path, to in zip(paths, outputs, strict=True)]
    if together:
        return [(partial(open_together, paths, opened, prefix + "file", BATCH), output)]
    return [(partial(opened, paths[0]), output)]


def label_tables(
    runs: Sequence[Run],
    options: Options,
    *,
    columns: Mapping[str, Any],
    jobs: Jobs = 1,
    resume: bool = False,
    own_mix: bool = False,
    name: str = "judged",
    say: Callable[[Iterable[str]], None] = lambda lines: None,
    bar: Callable[[TableReader], AbstractContextManager[Callable[[int], None]]],
) -> Iterator[tuple[str, Summary]]:
    """Judge the tables of `runs`, one after the other: each output with its summary, once whole.

    `columns` are as `columns_of` takes them; `own_mix` judges each table by the mix of roles that
    it seems to have; `say` is told what a user should know and `bar` shows how far a table is.
    Raises as `label_table` does; what is wrong with a later table is found before the first.
    """
    added = added_columns(
        themes=options.themes, occupations=bool(options.taxonomy), prefix=options.prefix
    )
    for again, to in runs if len(runs) > 1 else ():
        with again() as reader:
            columns_of(reader, **columns)
            check_output(to, reader, added)
    for again, to in runs:
        with again() as reader:
            found = columns_of(reader, **columns)
            known = len(reader.notes)
            about = [*reader.notes, found.describe(reader.names)]
            say([f"{reader.source}:"] * (len(runs) > 1) + about)
            # Load the libraries that judge, and so last.
            from rolenlp.label.journal import before
            from rolenlp.label.run import label_table
            from rolenlp.label.workers import with_own_mix

            Path(to).parent.mkdir(exist_ok=True)  # the folder; of a file named alone it is there
            if to.lower().endswith(".xlsx") and reader.state:
                from rolenlp.tables.xlsx_write import check_sheet

                with again() as table_again:
                    check_sheet(to, table_again)
            say(before(to, resume))
            how = options
            if own_mix:
                how = with_own_mix(how, reader, again, found)
                found_mix = mix_text(how.role_mix or {})
                say([f"{reader.source}: its mix of roles seems to be {found_mix}"])
            with bar(reader) as advance:
                summary = label_table(
                    reader,
                    to,
                    found,
                    how,
                    jobs=jobs,
                    resume=resume,
                    progress=advance,
                    name=name,
                )
            say([*reader.notes[known:], *summary.lines()])
        yield to, summary
