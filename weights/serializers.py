"""Shapes of the REST API. They never write."""

from rest_framework import serializers

from weights.models import LONGEST_NAME, LanguageModel


class NewModelSerializer(serializers.Serializer[LanguageModel]):
    """A name of the ledger alone; or a new name with a file of the hub or of an address; or what Ollama calls it."""

    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    repository = serializers.CharField(max_length=160, required=False)
    file = serializers.CharField(max_length=200, required=False)
    url = serializers.CharField(max_length=2000, required=False)
    sha256 = serializers.CharField(max_length=64, required=False, default="")
    ollama = serializers.CharField(max_length=200, required=False)


class LanguageModelSerializer(serializers.ModelSerializer[LanguageModel]):
    class Meta:
        model = LanguageModel
        fields = (
            "name", "label", "source", "license", "parameters", "size_bytes", "memory_bytes", "context", "status",
            "received_bytes", "bytes_per_second", "in_use", "tried_at", "error",
        )  # fmt: skip
        read_only_fields = fields


class LanguageModelsSerializer(serializers.Serializer[None]):
    models = LanguageModelSerializer(many=True)
