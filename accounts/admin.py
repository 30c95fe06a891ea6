from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    search_fields = ("email", "name")
    exclude = ("password",)
    readonly_fields = ("last_login",)


class AuthenticatorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For whoever has lost their telephone: it can be taken away, and its secret is not shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    search_fields = ("user__email",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


# Who vouches for people is said in the environment, and their secrets are no page's business. allauth has registered
# its own by now: its apps stand before ours.
admin.site.unregister([Authenticator, SocialApp, SocialToken])
admin.site.register(Authenticator, AuthenticatorAdmin)
