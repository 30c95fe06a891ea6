"""The queues, who may be late, and what beat does."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitia.settings")

app = Celery("cognitia")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Above the longest task; what is acknowledged late and lost comes back within seconds after this.
        "visibility_timeout": 600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "health_check_interval": 15,
        # A page waits for this: better to store the message and let the reaper queue its reply.
        "socket_connect_timeout": 2,
    },
    task_default_queue="default",
    task_routes={
        "chats.tasks.generate_reply": {"queue": "gpu"},
        "chats.tasks.suggest": {"queue": "gpu"},
        # These speak with the language model, or a page waits for them.
        "memory.tasks.dream": {"queue": "gpu"},
        "memory.tasks.journal": {"queue": "gpu"},
        "memory.tasks.summarize": {"queue": "gpu"},
        "memory.tasks.embed_query": {"queue": "gpu"},
        # An import of years may be remembered for an hour: in a process of its own, it takes no reply's thread,
        # connection or turn of the interpreter.
        "memory.tasks.*": {"queue": "memory"},
        "chats.tasks.remember": {"queue": "memory"},
    },
    task_ignore_result=True,
    task_publish_retry=False,
    # A turn that is redelivered would start a half-told reply again: the lease and the reaper own what runs.
    worker_disable_prefetch=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    beat_schedule={
        "reap replies": {"task": "chats.tasks.reap_replies", "schedule": 1.0, "options": {"expires": 5}},
        "resume suggestions": {
            "task": "chats.tasks.resume_suggestions",
            "schedule": 15.0,
            "options": {"expires": 15},
        },
        "resume remembering": {
            "task": "chats.tasks.resume_remembering",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "look for dreams": {
            "task": "memory.tasks.look_for_dreams",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "resume summaries": {
            "task": "memory.tasks.resume_summaries",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "reembed memories": {
            "task": "memory.tasks.reembed_memories",
            "schedule": 15 * 60.0,
            "options": {"expires": 60},
        },
        "resume chat imports": {
            "task": "chats.tasks.resume_chat_imports",
            "schedule": 15.0,
            "options": {"expires": 30},
        },
        "clean up accounts": {"task": "accounts.tasks.clean_up", "schedule": 60 * 60.0, "options": {"expires": 600}},
        "collect chat files": {"task": "chats.tasks.collect_chat_files", "schedule": 24 * 60 * 60.0},
        "purge answers": {"task": "chats.tasks.purge_answers", "schedule": 10 * 60.0, "options": {"expires": 600}},
        "purge trash": {"task": "chats.tasks.purge_trash", "schedule": 24 * 60 * 60.0},
        "resume pulls": {"task": "weights.tasks.resume_pulls", "schedule": 15.0, "options": {"expires": 30}},
        "resume imports": {"task": "characters.tasks.resume_imports", "schedule": 15.0, "options": {"expires": 30}},
        "collect files": {"task": "characters.tasks.collect_files", "schedule": 24 * 60 * 60.0},
    },
    timezone="UTC",
)
app.autodiscover_tasks()
