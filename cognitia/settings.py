"""One settings module. Everything that differs between machines is read from the environment, here and only here."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from accounts.law import LawProfile
from chats.prompting.policy import DEFAULT_POLICY
from cognitia import connections, environment, keys, people
from cognitia.embedded.locations import postgres_url, redis_url
from inference.embedding.settings import AUTO, SHIPPED_MODEL, EmbeddingSettings
from inference.text.settings import FlashAttention, KvType, TextSettings

BASE_DIR = Path(__file__).resolve().parent.parent
environment.read_file(BASE_DIR / ".env")

# --- where we are -----------------------------------------------------------------------------------------------
HOME = environment.path("COGNITIA_HOME", BASE_DIR / "var")
DEBUG = environment.flag("DEBUG", False)
LOCAL = environment.flag("LOCAL", True)  # plain http on this machine; a deployment sets LOCAL=0
SECRET_KEY = keys.secret_key(environment.text("SECRET_KEY"), HOME, may_create=LOCAL)
JWT_SECRET = keys.jwt_secret(environment.text("JWT_SECRET"), SECRET_KEY)
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.whole("PORT", 8000, least=1, most=65535)
SITE_URL = environment.text("SITE_URL", f"http://{'localhost' if HOST == '127.0.0.1' else HOST}:{PORT}").rstrip("/")
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if LOCAL else "")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty; with LOCAL=0 it must name the host people type.")
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS")

# Who else may vouch for somebody; each is an app of its own.
SOCIALACCOUNT_PROVIDERS = people.social_providers(environment.names("SOCIAL_PROVIDERS"), environment.text)

# --- what is installed ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cognitia",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    *(f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS),
    "chats",
    "memory",
    "characters",
    "accounts",
    "weights",
    "core",
    "inference",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts.staff_app.StaffAdminConfig",  # Django's admin, for staff with a second factor
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
if environment.flag("DAPHNE", False):
    # Only for `runserver`: it imports Twisted in every process, 2.5 s of start-up.
    INSTALLED_APPS.insert(0, "daphne")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.SecurityHeaders",
    "core.rates.RateHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SingleUser",
    "accounts.middleware.Visits",
    "accounts.middleware.BirthDates",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.Errors",
]
ROOT_URLCONF = "cognitia.urls"
ASGI_APPLICATION = "cognitia.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.preferences",
                "chats.context.sidebar",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]

# --- rows -------------------------------------------------------------------------------------------------------
DATABASE_URL = environment.text("DATABASE_URL", postgres_url(HOME))
_database = connections.database(DATABASE_URL)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.name,
        "HOST": _database.host,
        "PORT": _database.port,
        "USER": _database.user,
        "PASSWORD": _database.password,
        # Under ASGI a persistent connection belongs to no request; the pool is what is kept instead.
        "CONN_MAX_AGE": 0,
        # One ping for each loan: after a restart of PostgreSQL every connection in the pool is dead.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": environment.whole("DATABASE_POOL", 10, least=2, most=200),
                "timeout": 5,
            },
            **({"sslmode": _database.sslmode} if _database.sslmode else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: the reply logs, the hints and the queue ---------------------------------------------------------------
REDIS_URL = environment.text("REDIS_URL", redis_url(HOME))
CHANNEL_LAYERS = {
    "default": {
        # Hints only. The other layer shares 100 messages between all sockets of a process and drops silently.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 reads out after 5 s unless told otherwise.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "cognitia"},
    }
}
CELERY_BROKER_URL = connections.redis_for_celery(REDIS_URL)
CACHES = {
    "default": {
        # How often somebody has tried to come in is counted here: all web processes must see one number.
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": [REDIS_URL],  # a list, because a text is cut at commas
        "KEY_PREFIX": "cognitia:cache",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
    }
}

# --- people -----------------------------------------------------------------------------------------------------
LAW_PROFILES = people.law_profiles(environment.names("LAW_PROFILE"))
# Where somebody who is not well finds help, for LAW_PROFILE=disclosure.
CRISIS_HELP_URL = people.web_address(
    "CRISIS_HELP_URL", environment.text("CRISIS_HELP_URL", "https://findahelpline.com")
)
SINGLE_USER = people.single_user(environment.flag("SINGLE_USER", False), local=LOCAL)
SIGN_UP_OPEN = environment.flag("SIGN_UP_OPEN", True) and not SINGLE_USER
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.signing_up.SignUpForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_VERIFICATION = "none" if LOCAL else "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up, and nowhere else
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Whoever signs up, in, or asks for a new password learns nothing about who has an account; the mail says it.
ACCOUNT_PREVENT_ENUMERATION = True
# What changes who may come in is asked for again, unless that was done in the last five minutes.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# The lock-out: five wrong passwords or codes for one account within ten minutes, ten from one address in a minute.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/10m/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = LawProfile.ADULTS not in LAW_PROFILES
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"add_webauthn": "accounts.forms.passkeys.AddPasskeyForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Cognitia"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
# On a laptop nobody confirms addresses, and http://localhost is as good as https.
MFA_ALLOW_UNVERIFIED_EMAIL = MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
STAFF_NEED_MFA = not LOCAL
ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole("TRUSTED_PROXIES", 0, least=0, most=9)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "cognitia_session" if LOCAL else "__Host-cognitia_session"

# --- mail -------------------------------------------------------------------------------------------------------
EMAIL_HOST = environment.text("SMTP_HOST")
EMAIL_PORT = environment.whole("SMTP_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = environment.text("SMTP_USER")
EMAIL_HOST_PASSWORD = environment.text("SMTP_PASSWORD")
EMAIL_USE_TLS = environment.flag("SMTP_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = people.sender(
    environment.text("SMTP_FROM_EMAIL", "noreply@localhost"), environment.text("SMTP_FROM_NAME")
)
SENDGRID_URL = environment.text("SENDGRID_URL", "https://api.sendgrid.com").rstrip("/")
SENDGRID_API_KEY = environment.text("SENDGRID_API_KEY")
# Mail is sent by the default worker, which tries again; what that worker sends through is CARRIER.
EMAIL_BACKEND = "accounts.mail.QueuedEmailBackend"
EMAIL_CARRIER = people.mail_carrier(
    environment.choice("EMAIL_BACKEND", "smtp" if EMAIL_HOST else "console", list(people.MAIL_CARRIERS)),
    {"SMTP_HOST": EMAIL_HOST, "SENDGRID_API_KEY": SENDGRID_API_KEY},
)

# --- over the wire ----------------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("BEHIND_PROXY", False) else None
SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# As much as a card may hold; files come by another way (characters/uploads.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

# --- what is shown ----------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "core.static.HashedStaticFiles"
        if environment.flag("HASHED_STATIC", not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "media"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = people.languages(LOCALE_PATHS[0])

# --- the API ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # Programs first: whoever shows a key or a token is meant by it, whatever cookies came along.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ProgramAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "accounts.authentication.InScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.authentication.ProgramRate"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "core.api.error_response",
    "DEFAULT_SCHEMA_CLASS": "core.openapi.Schema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cognitia",
    "VERSION": "2",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Characters that remember: chats, messages, memories and moods, as programs use them.\n\n"
    "Send an API key or an access token, as `Authorization: Bearer` or as `X-API-Key`. Lists are read page by page: "
    "what one page calls `next` or `after` is where the next one begins. `/chats`, a chat and its messages, "
    "`/personas` and `/tags` are also there with a slash at the end. Every refusal has the same shape: `error` with "
    "`code`, `message` and `details`.",
    "TAGS": [
        {"name": name, "description": description}
        for name, description in {
            "chats": "Conversations of one person, or several, with one character, or several.",
            "messages": "What is said, as a tree: editing and answering again begin branches, and one path is shown.",
            "replies": "What characters say, while they say it.",
            "casts": "The characters in a chat, and whose turn it is.",
            "people": "The people in a chat. Nobody is put into one: they are invited.",
            "folders": "Where chats are kept, by each person in their own way.",
            "suggestions": "A title for a chat, or words for its reader.",
            "search": "Looking for what was said, and for what is remembered.",
            "characters": "Who speaks. What of a character is text is a card of version 3.",
            "marketplace": "Characters that somebody has published.",
            "lorebooks": "What a character knows of a world when it is spoken of.",
            "personas": "Who people are in their chats.",
            "tags": "One's own words for chats and characters.",
            "imports": "Files of other programs that become characters, lorebooks and chats.",
            "memories": "What characters remember of a person, and forgetting it.",
            "dreams": "What characters made up in their sleep. It is never a fact.",
            "journal": "What characters write about their days.",
            "minds": "How a character feels about a person.",
            "models": "Language models, for operators.",
            "auth": "Signing up, signing in, and the tokens of programs.",
            "account": "One's own profile and preferences.",
            "keys": "API keys, and programs that are signed in.",
            "documentation": "This file.",
        }.items()
    ],
    "SCHEMA_PATH_PREFIX": "/api/v2",
    # What is sent and what is answered differ: what is read-only, and what may be left out.
    "COMPONENT_SPLIT_REQUEST": True,
    # The words beside values are those of pages, in the reader's language.
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ChatRole": "chats.models.Part",
        "ContradictionDecision": "memory.models.Decision",
        "JobStatus": "core.jobs.Status",
        "MemoryKind": "memory.models.Kind",
        "MessageRole": "chats.models.Role",
        "ModelSource": "weights.models.Source",
        "Rating": "characters.models.character.Rating",
        "ReportKind": "characters.models.Report.Kind",
        "SuggestionKind": "chats.models.SuggestionKind",
        "TurnTakingRule": "chats.models.TurnTaking",
    },
    "PREPROCESSING_HOOKS": ["core.openapi.ours"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "core.openapi.distinct"],
}

# Requests a minute of one API key, or of one person's tokens together; a key may be given less.
API_PER_MINUTE = environment.whole("API_PER_MINUTE", 60, least=1, most=100_000)
API_KEYS_PER_USER = environment.whole("API_KEYS_PER_USER", 20, least=0, most=10_000)

# Browsers ask for maps only with their tools open; to squeeze those of the documentation's pages takes half a minute.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# --- characters -------------------------------------------------------------------------------------------------
# What people bring lies here until it has been looked through. No page serves anything from it.
QUARANTINE_DIR = HOME / "quarantine"
CHARACTERS_PER_USER = environment.whole("CHARACTERS_PER_USER", 0, least=0, most=1_000_000)  # 0: as many as they like
# Characters of one person that may wait for a moderator at once; 0: as many as they like.
SUBMISSIONS_PER_USER = environment.whole("SUBMISSIONS_PER_USER", 20, least=0, most=1_000_000)

# --- models and turns -------------------------------------------------------------------------------------------
STARTER_MODEL = BASE_DIR / "starter" / "starter.gguf"
TEXT_URL = environment.text("TEXT_URL")
INFERENCE = {
    "text": TextSettings(
        adapter=environment.text("TEXT_ENGINE", "inference.text.adapters.llama_cpp"),
        # A file, or with TEXT_URL what the server calls its model.
        model=environment.text("TEXT_MODEL") if TEXT_URL else str(environment.path("TEXT_MODEL", STARTER_MODEL)),
        context=environment.whole("TEXT_CONTEXT", 0, least=0, most=1_000_000),  # 0: what the model was trained for
        slots=environment.whole("TEXT_SLOTS", 4, least=1, most=64),  # replies written at the same time
        threads=environment.whole("TEXT_THREADS", 0, least=0, most=1024),  # 0: as many as cores; 1 if small
        gpu_layers=environment.whole("TEXT_GPU_LAYERS", 0, least=-1, most=10_000),  # -1: all of them
        flash_attention=FlashAttention[
            environment.choice("TEXT_FLASH_ATTENTION", "auto", [one.name.lower() for one in FlashAttention]).upper()
        ],
        kv_type=KvType(environment.choice("TEXT_KV_TYPE", KvType.F16, list(KvType))),
        waiting=environment.whole("TEXT_WAITING", 256, least=0, most=100_000),  # requests that may wait for a slot
        url=TEXT_URL,
        key=environment.text("TEXT_KEY"),
        parking_mib=environment.whole("TEXT_PARKING_MIB", 256, least=0, most=10_000_000),  # chats without a slot
    )
}
# What the servers of `manage.py models connect` let us in by: host=key, with commas between.
TEXT_SERVER_KEYS = environment.pairs("TEXT_SERVER_KEYS")
# Models in memory at once, for characters that have one of their own.
TEXT_MODELS_LOADED = environment.whole("TEXT_MODELS_LOADED", 1, least=1, most=64)
# Models that `manage.py models` and the page of models pull, and where they come from.
MODELS_DIR = environment.path("MODELS_DIR", HOME / "models")
HUB_URL = environment.text("HUB_URL", "https://huggingface.co").rstrip("/")
if not HUB_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(f"HUB_URL is {HUB_URL!r}; it must begin with https:// or http://.")
# A folder, or a name on the hub; `manage.py export_embedder` writes the faster form of it.
EMBEDDING = EmbeddingSettings(
    adapter=environment.text("EMBEDDER", AUTO),
    model=environment.text("EMBEDDING_MODEL", SHIPPED_MODEL),
    exports=MODELS_DIR / "embedding",
)
SENTIMENT_ENGINE = environment.text("SENTIMENT_ENGINE", "inference.emotion.adapters.vader")
# Which of seven emotions a message is full of: by words, or with inference.emotion.adapters.transformer by a model.
EMOTION_ENGINE = environment.text("EMOTION_ENGINE", "inference.emotion.adapters.lexicon")
EMOTION_MODEL = environment.text("EMOTION_MODEL")  # for the latter: the folder of a text classifier
CONTENT_POLICY = environment.text("CONTENT_POLICY", DEFAULT_POLICY)
# How a message sounds moves the temperature and top-p of the reply a little: chats/tone.py.
TONE_ADAPTS = environment.flag("TONE_ADAPTS", True)
# None: what the model's file recommends, or else 0.7 and 0.9.
DEFAULT_TEMPERATURE = environment.decimal_if_given("DEFAULT_TEMPERATURE", least=0.0, most=2.0)
DEFAULT_TOP_P = environment.decimal_if_given("DEFAULT_TOP_P", least=0.01, most=1.0)
MAX_TOKENS = environment.whole("MAX_TOKENS", 2048, least=1, most=1_000_000)  # of one reply
# Replies that one person may have queued or running at once.
LIVE_REPLIES_PER_USER = environment.whole("LIVE_REPLIES_PER_USER", 4, least=1, most=1000)
REPLY_DEADLINE_SECONDS = environment.whole("REPLY_DEADLINE_SECONDS", 240, least=5, most=3600)
# So many messages that are told in no chapter yet make one (ER-31).
SUMMARIZE_AFTER_MESSAGES = environment.whole("SUMMARIZE_AFTER_MESSAGES", 20, least=4, most=200)

# --- what is written down ---------------------------------------------------------------------------------------
LOG_LEVEL = environment.choice("LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.JSONLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"propagate": True},
        "httpx": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "sentence_transformers": {"level": "WARNING"},
        # Celery and beat say four lines for every task, and one runs each second; the turns log what matters.
        **{
            name: {"level": "WARNING"}
            for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace", "celery.worker.request")
        },
    },
}
