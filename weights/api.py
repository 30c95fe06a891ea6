"""The REST door to language models, for staff; everybody else gets the same 404 as for a typo."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import BadInput
from weights import access, actions
from weights.models import LanguageModel
from weights.serializers import LanguageModelSerializer, LanguageModelsSerializer, NewModelSerializer

operation = partial(extend_schema, tags=["models"])
# That of accounts.models.Scope, which stands above this app.
SCOPE = "models"


class ForOperators(APIView):
    scope = SCOPE

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        # Before anything else is said, the allowed methods included.
        access.require_operator(request.user)
        super().initial(request, *args, **kwargs)


class Models(ForOperators):
    @operation("listModels", summary="List language models", responses={200: LanguageModelsSerializer, 404: None})
    def get(self, request: Request) -> Response:
        """The models that are here or on their way, by size; without those that only embed."""
        actions.mirror_ollama()
        return Response({"models": LanguageModelSerializer(access.models().filter(embeds=False), many=True).data})

    @operation(
        "pullModel",
        summary="Pull a language model",
        request=NewModelSerializer,
        responses={202: LanguageModelSerializer},
    )
    def post(self, request: Request) -> Response:
        """Pull a model, or go on with a pull that ended early."""
        body = NewModelSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            model = _asked_for(body.validated_data)
            actions.start_pull(model)
        return Response(LanguageModelSerializer(model).data, status=status.HTTP_202_ACCEPTED)


class Model(ForOperators):
    @operation("getModel", summary="Get a language model", responses=LanguageModelSerializer)
    def get(self, request: Request, name: str) -> Response:
        return Response(LanguageModelSerializer(access.get_model(name)).data)

    @operation("removeModel", summary="Remove a language model", responses={204: None})
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
