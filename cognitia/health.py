from django.http import HttpRequest, JsonResponse


def health(request: HttpRequest) -> JsonResponse:
    """That this process answers. It asks nobody else, so a slow database does not restart a web server."""
    return JsonResponse({"status": "healthy"})
