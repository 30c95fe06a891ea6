"""The REST routes below /api/v2/."""

from django.urls import path

from accounts.api import keys, people, signing_in

urlpatterns = [
    path("auth/register", signing_in.Register.as_view(), name="api_register"),
    path("auth/login", signing_in.SignIn.as_view(), name="api_sign_in"),
    path("auth/verify-email", signing_in.VerifyEmail.as_view(), name="api_verify_email"),
    path("auth/request-password-reset", signing_in.RequestPasswordReset.as_view(), name="api_request_password_reset"),
    path("auth/reset-password", signing_in.ResetPassword.as_view(), name="api_reset_password"),
    path("auth/refresh", signing_in.Refresh.as_view(), name="api_refresh"),
    path("auth/logout", signing_in.SignOut.as_view(), name="api_sign_out"),
    path("auth/me", signing_in.Me.as_view(), name="api_me"),
    path("users/me", people.Profile.as_view(), name="api_profile"),
    path("settings", people.Settings.as_view(), name="api_settings"),
    path("keys", keys.Keys.as_view(), name="api_keys"),
    path("keys/<uuid:key_id>", keys.Key.as_view(), name="api_key"),
    path("programs", keys.Programs.as_view(), name="api_programs"),
    path("programs/<uuid:family_id>", keys.Program.as_view(), name="api_program"),
    path("ws/ticket", keys.Ticket.as_view(), name="api_ticket"),
]
