"""HTTP and WebSocket, for uvicorn (`up`, production) and daphne (`runserver`)."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitia.settings")
_http = get_asgi_application()

from chats.routing import websocket_urlpatterns  # noqa: E402  the apps must be loaded first

application = ProtocolTypeRouter(
    {
        "http": _http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
