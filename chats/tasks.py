"""Celery's door: an id in, one call, then the names of what follows. Queues are named in cognitia/celery.py."""

from uuid import UUID

from celery import shared_task

from chats import importing, purging, recovery, remembering, resuming, suggesting, turns
from core import jobs


@shared_task(acks_late=False)
def generate_reply(reply_id: str) -> None:
    """Carry out one reply. Safe to run twice: the second run finds the row claimed."""
    for following in turns.run_turn(UUID(reply_id)):
        queue_reply(following)
    for chat_id in remembering.chats_of(UUID(reply_id)):
        queue_remembering(chat_id)


@shared_task(acks_late=False, expires=5)
def reap_replies() -> None:
    """What died, or was never queued, goes on."""
    for reply_id in recovery.run_reaping():
        queue_reply(reply_id)


@shared_task(acks_late=False)
def suggest(suggestion_id: str) -> None:
    """Carry out one suggestion. Safe to run twice: the second run finds the row claimed."""
    suggesting.run_suggestion(UUID(suggestion_id))


@shared_task(acks_late=False, expires=15)
def resume_suggestions() -> None:
    """What died, or was never queued, ends or goes on."""
    for suggestion_id in suggesting.run_resuming():
        queue_suggestion(suggestion_id)


@shared_task(acks_late=False)
def purge_answers() -> None:
    """What was told to a program and is kept nowhere is gone."""
    purging.run_purging_of_answers()


@shared_task(acks_late=False)
def purge_trash() -> None:
    """What was deleted thirty days ago is gone."""
    purging.run_purging()


@shared_task(acks_late=False)
def import_chats(import_id: str) -> None:
    """Carry out one import. Safe to run twice: the second run finds the row claimed."""
    for following in importing.run_import(UUID(import_id)):
        queue_chat_import(following)


@shared_task(acks_late=False, expires=30)
def resume_chat_imports() -> None:
    """What died, or was never queued, goes on."""
    for import_id in resuming.run_resuming():
        queue_chat_import(import_id)


@shared_task(acks_late=False)
def collect_chat_files() -> None:
    """What was brought and is no import any more leaves the disk."""
    resuming.run_collecting()


@shared_task(acks_late=False)
def remember(chat_id: str) -> None:
    """Tell memory what was said in a chat. Safe to run twice: what it was told once it does not keep again."""
    for waiting in remembering.run_remembering(UUID(chat_id)):
        queue_remembering(waiting)


@shared_task(acks_late=False, expires=60)
def resume_remembering() -> None:
    """What was said while the queue was away, or came with an import, is remembered too."""
    for chat_id in remembering.run_resuming():
        queue_remembering(chat_id)


def queue_remembering(chat_id: UUID) -> None:
    """Put it into the queue. While the queue is away the messages wait, and `resume_remembering` finds them later."""
    jobs.queue(remember, chat_id)


def queue_chat_import(import_id: UUID) -> None:
    """Put it into the queue. While the queue is away the row waits, and `resume_chat_imports` queues it later."""
    jobs.queue(import_chats, import_id)


def queue_suggestion(suggestion_id: UUID) -> None:
    """Put it into the queue. While the queue is away the row waits, and `resume_suggestions` queues it later."""
    jobs.queue(suggest, suggestion_id)


def queue_reply(reply_id: UUID) -> None:
    """Put the turn into the queue. While the queue is away the row waits, and `reap_replies` queues it later."""
    jobs.queue(generate_reply, reply_id)
