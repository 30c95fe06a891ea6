"""Whenever it changes who may come in, open sockets look again, whichever door changed it: page, admin or shell."""

from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.actions.ending import end_programs
from accounts.events import access_changed
from accounts.models import User


@receiver(post_save, sender=User)
def look_again(instance: User, *, created: bool, update_fields: frozenset[str] | None, **_rest: object) -> None:
    if created or update_fields == frozenset({"last_login"}):
        return
    # Django has it here from `set_password` until the row is saved; a hash that is only made stronger leaves it empty.
    if instance._password is not None:  # type: ignore[attr-defined]
        end_programs(instance)
    else:
        access_changed(instance.id)


@receiver(post_delete, sender=Session)
def end_with_session(instance: Session, **_rest: object) -> None:
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id:
        access_changed(UUID(user_id))
