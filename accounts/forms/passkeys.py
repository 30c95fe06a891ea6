from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    """allauth's, in our words, and with what most people want already ticked."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=60, required=False, help_text=_("So that you can tell it from others.")
        )
        self.fields["passwordless"] = forms.BooleanField(
            label=_("Sign in with it alone, without a password"),
            required=False,
            initial=True,
            help_text=_("It asks for your fingerprint, face or PIN then. Untick it for an old key that cannot."),
        )
        self.order_fields(["name", "passwordless", "credential"])
