"""Messages into their table by PostgreSQL's COPY: as rows and their models, in a tenth of the time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from uuid import UUID

from django.db import connection

from chats.formats.conversation import Making, Said
from chats.formats.values import dump
from chats.models import Message

PLAIN = Making()
# What each row says; the other columns have what a new message has.
OWN = (
    "id owner_id chat_id parent_id chosen_id depth replies_before witnesses people is_hidden edited_from_id brought "
    "role persona_id character_id text thinking model created_at finished_at"
).split()
MADE = [part.name for part in fields(Making) if part.name != "edited_from"]


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    parent_id: UUID | None
    chosen_id: UUID | None
    edited_from_id: UUID | None
    persona_id: UUID
    character_id: UUID
    said: Said
    making: Making


def write(rows: Sequence[Row], chat_id: UUID, owner_id: UUID, witnesses: Sequence[UUID]) -> None:
    """In the caller's transaction. What they point to may come later in it."""
    there, people = _array(witnesses), _array([owner_id])
    statement, rest = _statement()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            said, making = row.said, row.making
            copy.write_row(
                (
                    row.id,
                    owner_id,
                    chat_id,
                    row.parent_id,
                    row.chosen_id,
                    said.depth,
                    said.replies_before,
                    there,
                    people,
                    said.is_hidden,
                    row.edited_from_id,
                    dump(said.brought) if said.brought else None,
                    said.role.value,
                    row.persona_id,
                    row.character_id,
                    said.text,
                    said.thinking,
                    said.model,
                    said.created_at,
                    said.created_at,
                    *(getattr(making, name) for name in MADE),
                    *rest,
                )
            )


@cache
def _statement() -> tuple[str, tuple[object, ...]]:
    """With the values of all columns that no row says anything of."""
    known = {*OWN, *MADE}
    columns = {field.attname: field for field in Message._meta.concrete_fields}
    others = [field for name, field in columns.items() if name not in known]
    names = [str(columns[name].column) for name in [*OWN, *MADE]] + [str(field.column) for field in others]
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    return f"COPY chats_message ({quoted}) FROM STDIN", tuple(field.get_default() for field in others)


def _array(ids: Sequence[UUID]) -> str:
    return f"{{{','.join(map(str, ids))}}}"
