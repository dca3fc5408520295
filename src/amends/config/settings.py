"""Django's settings, all from the environment (see `env`); docs/reference/settings.md lists them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from amends.config import env

PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.home()
env.make_home(HOME)

SECRET_KEY = env.secret_key(HOME)
DEBUG = env.flag("AMENDS_DEBUG", default=False)
PUBLIC_URL = env.text("AMENDS_URL", "http://127.0.0.1:8000")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = [
    _public.hostname or "127.0.0.1",
    "127.0.0.1",
    "localhost",
    "[::1]",
    *env.words("AMENDS_ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "lucide",
    "amends.firm",
    "amends.jobs",
    "amends.clients",
    "amends.mail",
    "amends.signals",
    "amends.outbox",
    "amends.recovery",
    "amends.capital",
    "amends.goodwill",
    "amends.boundaries",
    "amends.webhooks",
    "amends.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # before whatever may refuse a request
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "amends.web.middleware.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "amends.web.middleware.FirmMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "amends.config.urls"
WSGI_APPLICATION = "amends.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "amends.web.context.shell",
            ],
        },
    }
]

# The firm's rows. SQLite waits its turn (busy_timeout) and takes the write lock at BEGIN (IMMEDIATE), so that a
# read that turns into a write can never fail half-way.
DATABASES = {"default": env.database("AMENDS_DATABASE_URL", default=f"sqlite:///{HOME / 'amends.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-16000; PRAGMA mmap_size=33554432; PRAGMA temp_store=MEMORY;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "firm.Member"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "amends.firm.sign_in.MemberBackend",
    "amends.firm.sign_in.SecondStepBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "sign_in/locked.html"
AXES_USERNAME_FORM_FIELD = "username"  # of `authenticate`: by its default axes counts misses under no name at all
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "current", "code", "second_step_code"]  # kept out of its tables
AXES_IPWARE_PROXY_COUNT = 1 if env.flag("AMENDS_BEHIND_PROXY", default=False) else None

# Single sign-on: one OpenID Connect provider an installation (`firm.single_sign_on`).
OIDC_ISSUER = env.text("AMENDS_OIDC_ISSUER")
OIDC_CLIENT_ID = env.text("AMENDS_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("AMENDS_OIDC_CLIENT_SECRET")
OIDC_NAME = env.text("AMENDS_OIDC_NAME", "single sign-on")
OIDC_CREATE = env.flag("AMENDS_OIDC_CREATE", default=False)

TASKS = {"default": {"BACKEND": "amends.jobs.backend.FirmBackend"}}
LEASE_SECONDS = env.number("AMENDS_LEASE_SECONDS", default=120, least=2)  # of silence, until a worker is taken for dead

# Requests that one access token may make in a minute, in each web process.
API_PER_MINUTE = env.number("AMENDS_API_PER_MINUTE", default=600)
# Webhooks may go to addresses that are not on the open internet, and over plain http.
WEBHOOKS_PRIVATE = env.flag("AMENDS_WEBHOOKS_PRIVATE", default=False)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None  # served from the package by WhiteNoise, nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
UPLOADS = HOME / "uploads"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = UPLOADS  # /tmp may be memory, or small
with suppress(OSError):  # a home that cannot be written: amends.E001 says so better
    UPLOADS.mkdir(mode=0o700, exist_ok=True)
UPLOAD_LIMIT = env.number("AMENDS_UPLOAD_LIMIT", default=20) * 10**9  # bytes of one request
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

# Mail servers whose certificate is signed by an authority of one's own: trusted beside those of the system.
MAIL_CA_FILE = env.text("AMENDS_MAIL_CA_FILE")
# Providers that give permission to read a mailbox in place of its password (OAuth 2.0).
MAIL_GRANTORS = env.grantors()

# Nothing is loaded from outside, nothing runs inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
_https = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
if _https:  # browsers take cookies of these names from this very host alone, not from another of its domain
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
if _https:  # cookies of these names are taken over https only, from this very host
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-amends", "__Host-csrf"
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked for on this machine, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https and env.flag("AMENDS_HSTS_SUBDOMAINS", default=False)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.flag("AMENDS_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Message text never reaches a log: only names of parts, counts and public ids.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"brief": {"()": "amends.config.env.WithoutTraceOfRefusals"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}},
    "root": {"handlers": ["stderr"], "level": env.log_level("AMENDS_LOG_LEVEL")},
    # These would write down what they send, receive, show and store: mail, tokens. Templates say of a name that is not
    # there what all else on the page is.
    "loggers": {
        **{
            name: {"level": "WARNING"}
            for name in ("imapclient", "httpx", "httpcore", "django.template", "django.db.backends")
        },
        "vobject": {"level": 100, "propagate": False},  # it writes the lines that it cannot read, names and all
    },
}
# W005, W021: HSTS for all hosts below ours, and for good in browsers' own lists, is for their owner to decide.
SILENCED_SYSTEM_CHECKS = ["axes.W003", "security.W005", "security.W021"]
