"""The REST door for programs that sign in with a password: tokens, and the mails around them."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.actions import tokens
from accounts.actions.tokens import Pair
from accounts.api import entering
from accounts.models import Scope, TokenFamily
from accounts.serializers import (
    EmailSerializer,
    PairSerializer,
    RefreshSerializer,
    ResetSerializer,
    SentSerializer,
    SignInSerializer,
    SignUpSerializer,
    TokenSerializer,
    UserSerializer,
)
from accounts.tokens import ACCESS_LIFE

# 401 is said in the words of all other doors.
PAIR = {200: PairSerializer, 401: None}
SENT = "If this address may be used, a mail is on its way to it."


class Open(APIView):
    """For whoever is not signed in. Cookies are not looked at, so another page cannot use them."""

    authentication_classes = ()
    permission_classes = ()


class Register(Open):
    @extend_schema(request=SignUpSerializer, responses={201: SentSerializer}, operation_id="register", tags=["auth"])
    def post(self, request: Request) -> Response:
        """Make an account. The answer is the same where the address has one already; the mail then says so."""
        body = _parsed(SignUpSerializer(data=request.data))
        entering.sign_up(request._request, {name: str(value) for name, value in body.items()})
        return Response({"message": SENT}, status=status.HTTP_201_CREATED)


class SignIn(Open):
    @extend_schema(
        request=SignInSerializer, responses={200: PairSerializer, 401: None}, operation_id="signIn", tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """A pair of tokens for an e-mail address and a password, and for a code where two-step sign-in is on."""
        body = _parsed(SignInSerializer(data=request.data))
        user = entering.sign_in(request._request, body["email"], body["password"], body["code"])
        return Response(_told(tokens.start_family(user, request.headers.get("User-Agent", ""))))


class VerifyEmail(Open):
    @extend_schema(request=TokenSerializer, responses={204: None}, operation_id="verifyEmail", tags=["auth"])
    def post(self, request: Request) -> Response:
        """Confirm an address by what its mail said."""
        entering.verify(request._request, _parsed(TokenSerializer(data=request.data))["token"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class RequestPasswordReset(Open):
    @extend_schema(
        request=EmailSerializer, responses={202: SentSerializer}, operation_id="requestPasswordReset", tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """A mail with a link, if the address belongs to somebody. The answer is the same if it does not."""
        entering.request_reset(request._request, _parsed(EmailSerializer(data=request.data))["email"])
        return Response({"message": SENT}, status=status.HTTP_202_ACCEPTED)


class ResetPassword(Open):
    @extend_schema(request=ResetSerializer, responses={204: None}, operation_id="resetPassword", tags=["auth"])
    def post(self, request: Request) -> Response:
        """A new password, by what the mail said. Everything that was signed in is signed out."""
        body = _parsed(ResetSerializer(data=request.data))
        entering.reset(request._request, body["token"], body["password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class Refresh(Open):
    @extend_schema(
        request=RefreshSerializer,
        responses={200: PairSerializer, 401: None},
        operation_id="refreshTokens",
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """The next pair. Each refresh token is good once: used again later, it ends the whole sign-in."""
        return Response(_told(tokens.refresh(_parsed(RefreshSerializer(data=request.data))["refresh_token"])))


class SignOut(APIView):
    @extend_schema(request=None, responses={204: None}, operation_id="signOut", tags=["auth"])
    def post(self, request: Request) -> Response:
        """End the sign-in whose token this request came with."""
        signed_in(request.user)
        if isinstance(request.auth, TokenFamily):
            tokens.end_family(request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Me(APIView):
    scope = Scope.ACCOUNT

    @extend_schema(responses={200: UserSerializer}, operation_id="getMe", tags=["auth"])
    def get(self, request: Request) -> Response:
        """Who this is."""
        return Response(UserSerializer(signed_in(request.user)).data)


def _parsed(body: BaseSerializer[object]) -> dict[str, str]:
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _told(pair: Pair) -> dict[str, str | int]:
    return {
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "bearer",
        "expires_in": int(ACCESS_LIFE.total_seconds()),
    }
