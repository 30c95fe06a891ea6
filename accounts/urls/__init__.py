"""Our own pages of accounts. Next to them, `entrance` and `settings` place those of allauth, under its own names."""

from django.urls import path
from django.views.generic import RedirectView

from accounts.views import keys, preferences, profile, security, signing_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/link/<str:token>/", signing_in.sign_in_link, name="sign_in_link"),
    path("account/by/<slug:provider>/", signing_in.with_provider, name="with_provider"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("settings/", RedirectView.as_view(pattern_name="accounts:profile"), name="settings"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/profile/birth-date/", profile.birth_date, name="birth_date"),
    path("settings/preferences/", preferences.preferences_page, name="preferences_page"),
    path("settings/keys/", keys.api_keys, name="api_keys"),
    path("settings/keys/<uuid:key_id>/revoke/", keys.revoke, name="revoke_key"),
    path("settings/keys/programs/<uuid:family_id>/end/", keys.sign_program_out, name="sign_program_out"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/sessions/<int:session_id>/end/", security.end_one, name="end_session"),
    path("settings/security/sessions/end/", security.end_others, name="end_other_sessions"),
]
