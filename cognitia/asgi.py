"""HTTP and WebSocket, for uvicorn (`up`, production) and daphne (`runserver`)."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitia.settings")
_http = get_asgi_application()

from accounts.sockets import Admission  # noqa: E402  the apps must be loaded first
from characters.uploads import FORM_BYTES, MOST_REQUEST_BYTES  # noqa: E402
from chats.routing import websocket_urlpatterns  # noqa: E402
from cognitia.body_limit import BodyLimit  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(_http, MOST_REQUEST_BYTES + FORM_BYTES),  # type: ignore[arg-type]  # its own types are looser
        "websocket": Admission(URLRouter(websocket_urlpatterns)),
    }
)
