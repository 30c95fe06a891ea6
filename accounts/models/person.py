"""The user, what they prefer, and links that sign them in once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, *, name: str = "", staff: bool = False) -> User:
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.is_staff = user.is_superuser = staff
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None) -> User:
        return self.create_user(email, password, staff=True)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    # Asked for where the law profile wants it (`LAW_PROFILE`), and for nothing else.
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    objects = UserManager()

    def __str__(self) -> str:
        return self.email

    @property
    def label(self) -> str:
        """What the page calls this person."""
        return self.name or self.email.partition("@")[0]


class Theme(models.TextChoices):
    SYSTEM = "system", _("Like the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Preferences(models.Model):
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    show_thinking = models.BooleanField(default=True)
    send_on_enter = models.BooleanField(default=False)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    # "" is whatever the browser says.
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"preferences of {self.owner_id}"


class SignInLink(models.Model):
    """A link that signs one person in, once, within minutes. Only the token's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.owner_id} until {self.expires_at:%H:%M}"

    @classmethod
    def spend(cls, digest: str) -> SignInLink | None:
        """The link, if it was good until now; it is not any more."""
        instant = timezone.now()
        good = cls.objects.filter(digest=digest, used_at=None, expires_at__gt=instant, owner__is_active=True)
        if good.update(used_at=instant) != 1:
            return None
        return cls.objects.select_related("owner").get(digest=digest)
