from django.apps import AppConfig

from cognitia.celery import app


class CognitiaConfig(AppConfig):
    name = "cognitia"
    # Every process that loads the apps can queue tasks: `shared_task` finds this app as the current one.
    celery = app
