"""Django settings, all derived from `plumbline.config`."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from plumbline import config
from plumbline.kernel import clock
from plumbline.server import plugins
from plumbline.trail import private_files
from plumbline.wording import languages

PLUMBLINE = config.load()
# Here, since every process that has to do with records reads these settings, whichever way it was started.
clock.set_zone(PLUMBLINE.time_zone)

DEBUG = PLUMBLINE.debug
SECRET_KEY = private_files.session_secret(PLUMBLINE.data)
ALLOWED_HOSTS = [name.strip() for name in PLUMBLINE.hosts.split(",") if name.strip()]
_secure = PLUMBLINE.public_address.startswith("https://")
_installation = hashlib.sha256(str(PLUMBLINE.data.resolve()).encode()).hexdigest()[:8]

INSTALLED_APPS = [
    "plumbline.wording",
    "plumbline.trail",
    "plumbline.identity",
    "plumbline.records",
    "plumbline.telemetry",
    "plumbline.clauses",
    "plumbline.imports",
    "plumbline.bulk",
    "plumbline.metrics",
    "plumbline.discovery",
    "plumbline.connectors",
    "plumbline.controls",
    "plumbline.reports",
    "plumbline.delivery",
    "plumbline.anchors",
    "plumbline.erasure",
    "plumbline.work",
    "plumbline.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *(plugin.app for plugin in plugins.installed()),
    "plumbline.prepared",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "plumbline.web.compression.Compression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plumbline.web.security.SecurityHeaders",
    "plumbline.web.write_priority.ForegroundWrites",
    "plumbline.web.concerns.nobody.KnowNobody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "plumbline.web.language.ReaderLanguage",
    "plumbline.web.time_zone.ReaderTimeZone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "plumbline.identity.sessions.SessionLimits",
    "plumbline.server.request_log.NoteActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "plumbline.server.urls"
WSGI_APPLICATION = "plumbline.server.asgi.wsgi"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "plumbline.web.templatetags.plumbline",
                "plumbline.web.templatetags.components",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plumbline.web.shell.context",
            ],
        },
    }
]


_POSTGRESQL = (
    "synchronous_commit=on",
    # Who waits longer for a lock is refused, as by the timeout of SQLite below, and does not wait for good
    # behind a process that was stopped in the middle of a transaction; the server ends that one's session.
    "lock_timeout=20s",
    "idle_in_transaction_session_timeout=10min",
    # The machine of a process that holds a lock may be gone without a word; the system would wait two hours.
    "tcp_keepalives_idle=10",
    "tcp_keepalives_interval=5",
    "tcp_keepalives_count=3",
    # Queries are short: starting parallel workers for one takes longer than they save.
    "max_parallel_workers_per_gather=0",
    # An index that holds the whole answer in its order takes half the time of the table and a sort.
    "random_page_cost=1",
    "cpu_index_tuple_cost=0.001",
)


def _database() -> dict[str, Any]:
    if not PLUMBLINE.database:
        return {
            "ENGINE": "plumbline.records.sqlite",
            "NAME": PLUMBLINE.data / "plumbline.db",
            "ATOMIC_REQUESTS": False,
            # Kept open per thread: opening one and reading its schema takes 2.5 ms of CPU, more than
            # most questions. Django still closes a connection that has met an error.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; "
                "PRAGMA cache_size=-8000; PRAGMA secure_delete=ON",
            },
        }
    address = urlsplit(PLUMBLINE.database)
    socket_folder = parse_qs(address.query).get("host", [""])[0]
    return {
        "ENGINE": "plumbline.records.postgresql",
        "NAME": unquote(address.path.lstrip("/")),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": unquote(address.hostname or "") or socket_folder,
        "PORT": str(address.port or ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"options": " ".join(f"-c {setting}" for setting in _POSTGRESQL)},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_ADAPTER = "plumbline.identity.sign_in.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # the limits of identity.throttle hold across processes
MFA_ADAPTER = "plumbline.identity.sign_in.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Plumbline"

SESSION_COOKIE_NAME = f"plumbline_{_installation}"
SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = PLUMBLINE.session_absolute
CSRF_COOKIE_NAME = f"plumbline_csrf_{_installation}"
CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PLUMBLINE.public_address]
CSRF_FAILURE_VIEW = "plumbline.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = PLUMBLINE.body_limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

LANGUAGE_CODE = "en"
LANGUAGES = list(languages.KNOWN.items())
LOCALE_PATHS = [str(languages.CATALOGUES)]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "plumbline.server.log_format.JsonFormatter"},
    },
    "filters": {"secrets": {"()": "plumbline.identity.log_redaction.RedactSecretsFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": str(PLUMBLINE.log_format),
            "filters": ["secrets"],
        }
    },
    "loggers": {
        # A refusal is explained in its answer; anybody can provoke one, so a line for each would flood the
        # log.
        "django.request": {"level": "ERROR"},
        # A line for each request only where something reads them.
        "plumbline.request": {
            "level": "INFO" if PLUMBLINE.log_format is config.LogFormat.JSON else "WARNING"
        },
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
