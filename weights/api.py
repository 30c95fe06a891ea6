"""The REST door to language models, for staff; everybody else gets the same 404 as for a typo."""

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import BadInput
from weights import access, actions
from weights.models import LanguageModel
from weights.serializers import ModelSerializer, NewModelSerializer


class ForOperators(APIView):
    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        # Before anything else is said, the allowed methods included.
        access.require_operator(request.user)
        super().initial(request, *args, **kwargs)


class Models(ForOperators):
    def get(self, request: Request) -> Response:
        """The models that are here or on their way, by size; without those that only embed."""
        actions.mirror_ollama()
        return Response({"models": ModelSerializer(access.models().filter(embeds=False), many=True).data})

    def post(self, request: Request) -> Response:
        """Pull a model, or go on with a pull that ended early."""
        body = NewModelSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            model = _asked_for(body.validated_data)
            actions.start_pull(model)
        return Response(ModelSerializer(model).data, status=status.HTTP_202_ACCEPTED)


class Model(ForOperators):
    def get(self, request: Request, name: str) -> Response:
        return Response(ModelSerializer(access.get_model(name)).data)

    def delete(self, request: Request, name: str) -> Response:
        """The model and its file."""
        actions.remove_model(access.get_model(name))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _asked_for(body: dict[str, str]) -> LanguageModel:
    if "ollama" in body:
        return actions.add_from_ollama(body["ollama"])
    name = body.get("name", "")
    if not name:
        raise BadInput(_("Say which model: a name, or what Ollama calls it."))
    if "url" in body:
        return actions.add_from_address(name, body["url"], body["sha256"])
    if "repository" in body:
        return actions.add_from_hub(name, body["repository"], body.get("file", ""))
    return actions.prepare_pull(name)
