"""The REST door to one's own account."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.actions.preferences import PreferenceChanges, change_name, change_preferences, preferences_of
from accounts.models import Scope
from accounts.serializers import PreferencesSerializer, UserSerializer


class Profile(APIView):
    scope = Scope.ACCOUNT

    @extend_schema(responses={200: UserSerializer}, operation_id="getProfile", tags=["account"])
    def get(self, request: Request) -> Response:
        """One's own profile."""
        return Response(UserSerializer(signed_in(request.user)).data)

    @extend_schema(
        request=UserSerializer, responses={200: UserSerializer}, operation_id="changeProfile", tags=["account"]
    )
    def patch(self, request: Request) -> Response:
        """Change what one is called."""
        user = signed_in(request.user)
        body = UserSerializer(user, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        if "name" in body.validated_data:
            change_name(user, body.validated_data["name"])
        return Response(UserSerializer(user).data)


class Settings(APIView):
    scope = Scope.ACCOUNT

    @extend_schema(responses={200: PreferencesSerializer}, operation_id="getSettings", tags=["account"])
    def get(self, request: Request) -> Response:
        """What one prefers, on every device."""
        return Response(PreferencesSerializer(preferences_of(signed_in(request.user))).data)

    @extend_schema(
        request=PreferencesSerializer,
        responses={200: PreferencesSerializer},
        operation_id="putSettings",
        tags=["account"],
    )
    def put(self, request: Request) -> Response:
        """Change what one prefers. What is not sent stays as it is."""
        user = signed_in(request.user)
        body = PreferencesSerializer(preferences_of(user), data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(PreferencesSerializer(change_preferences(user, PreferenceChanges(**body.validated_data))).data)
