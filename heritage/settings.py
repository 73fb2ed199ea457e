"""Settings, all from `HERITAGE_*` variables: docs/reference/settings.md lists them."""

from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from heritage.env import (
    database_from_url,
    env_bool,
    env_choice,
    env_float,
    env_int,
    env_list,
    env_path,
    env_str,
)
from heritage.pages.security import add_static_headers

BASE_DIR = Path(__file__).resolve().parent.parent
GIB = 1024**3

# Development defaults; `manage.py serve` refuses to start on any of them.
DEVELOPMENT_KEY = "development-only-key-never-for-a-museum-open-to-the-world"

DEBUG = env_bool("HERITAGE_DEBUG", default=True)
SECRET_KEY = env_str("HERITAGE_SECRET_KEY", DEVELOPMENT_KEY)
ALLOWED_HOSTS = env_list("HERITAGE_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("HERITAGE_TRUSTED_ORIGINS", [])
HTTPS = env_bool("HERITAGE_HTTPS", default=False)
TRUSTED_PROXIES = env_int("HERITAGE_TRUSTED_PROXIES", 1 if HTTPS else 0)

# Where everything lives.
DATA_DIR = env_path("HERITAGE_DATA", BASE_DIR / "var")
ARCHIVE_ROOT = env_path("HERITAGE_ARCHIVE", DATA_DIR / "archive")
MEDIA_ROOT = env_path("HERITAGE_MEDIA", DATA_DIR / "media")
DROP_FOLDER = env_str("HERITAGE_DROP_FOLDER")
REPLICA_ROOT = env_str("HERITAGE_REPLICA")
ARCHIVE_S3 = env_str("HERITAGE_ARCHIVE_S3")
# Where the buckets are. The keys are for the environment alone: nothing writes them down.
S3 = {
    "archive": {
        "endpoint": env_str("HERITAGE_S3_ENDPOINT"),
        "region": env_str("HERITAGE_S3_REGION", "us-east-1"),
        "access_key": env_str("HERITAGE_S3_ACCESS_KEY"),
        "secret_key": env_str("HERITAGE_S3_SECRET_KEY"),
    }
}
S3["replica"] = {
    "endpoint": env_str("HERITAGE_REPLICA_S3_ENDPOINT") or S3["archive"]["endpoint"],
    "region": env_str("HERITAGE_REPLICA_S3_REGION") or S3["archive"]["region"],
    "access_key": env_str("HERITAGE_REPLICA_S3_ACCESS_KEY")
    or S3["archive"]["access_key"],
    "secret_key": env_str("HERITAGE_REPLICA_S3_SECRET_KEY")
    or S3["archive"]["secret_key"],
}
S3_SIGNED_URLS = env_bool("HERITAGE_S3_SIGNED_URLS", default=False)
S3_COPIES_BYTES = env_int("HERITAGE_S3_COPIES_BYTES", 20 * GIB)
WORK_ROOT = env_path("HERITAGE_WORK", DATA_DIR / "work")
GRAPH_ROOT = env_path("HERITAGE_GRAPH", DATA_DIR / "graph")
SEARCH_ROOT = env_path("HERITAGE_SEARCH", DATA_DIR / "search")
SEARCH_LIMIT_MS = 5_000  # what one statement of a question may take PostgreSQL
BUNDLE_KEY = env_path("HERITAGE_BUNDLE_KEY", DATA_DIR / "bundle.key")
DUMPS_ROOT = env_path("HERITAGE_DUMPS", DATA_DIR / "dumps")
GRAPH_URL = env_str("HERITAGE_GRAPH_URL")
STATIC_ROOT = env_path("HERITAGE_STATIC", DATA_DIR / "static")

# Where it answers.
BIND = env_str("HERITAGE_BIND", "127.0.0.1")
WEB_PORT = env_int("HERITAGE_WEB_PORT", 8000)
MEDIA_PORT = env_int("HERITAGE_MEDIA_PORT", 8001)
WEB_THREADS = env_int("HERITAGE_WEB_THREADS", 8)
BASE_IRI = env_str("HERITAGE_BASE_IRI", f"http://localhost:{WEB_PORT}").rstrip("/")
MEDIA_ORIGIN = env_str("HERITAGE_MEDIA_ORIGIN").rstrip("/")
ACCEL_PREFIX = env_str("HERITAGE_ACCEL_PREFIX").rstrip("/")
MUSEUM_NAME_ZH = env_str("HERITAGE_MUSEUM_NAME_ZH", "数字博物馆")
MUSEUM_NAME_EN = env_str("HERITAGE_MUSEUM_NAME_EN", "Digital Museum")
ADMIN_EMAIL = env_str("HERITAGE_ADMIN_EMAIL")
# Letters to visitors and curators go out where a mail server is named, and nowhere else.
EMAIL_HOST = env_str("HERITAGE_EMAIL_HOST")
EMAIL_PORT = env_int("HERITAGE_EMAIL_PORT", 587)
EMAIL_HOST_USER = env_str("HERITAGE_EMAIL_USER")
EMAIL_HOST_PASSWORD = env_str("HERITAGE_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("HERITAGE_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = (
    env_str("HERITAGE_EMAIL_FROM") or ADMIN_EMAIL or "webmaster@localhost"
)
DATA_LICENCE = env_str("HERITAGE_DATA_LICENCE")

# Limits.
BAG_FILES = env_int("HERITAGE_BAG_FILES", 1_000_000)
BAG_BYTES = env_int("HERITAGE_BAG_BYTES", 1024 * GIB)
BAG_TIME_S = env_int("HERITAGE_BAG_TIME_S", 6 * 3600)
TABLE_ROWS = env_int("HERITAGE_TABLE_ROWS", 2_000_000)
TABLE_BYTES = env_int("HERITAGE_TABLE_BYTES", 2 * GIB)
TABLE_TIME_S = env_int("HERITAGE_TABLE_TIME_S", 1800)
UPLOAD_LIMIT_BYTES = env_int("HERITAGE_UPLOAD_LIMIT_BYTES", 8 * GIB)
UPLOAD_DAYS = env_int("HERITAGE_UPLOAD_DAYS", 7)
UPLOADS_OPEN_FILES = env_int("HERITAGE_UPLOADS_OPEN_FILES", 20_000)
UPLOADS_OPEN_BYTES = env_int("HERITAGE_UPLOADS_OPEN_BYTES", 64 * GIB)
RUN_MEMORY_BYTES = env_int("HERITAGE_RUN_MEMORY_BYTES", 12 * GIB)
RUN_TIME_S = env_int("HERITAGE_RUN_TIME_S", 4 * 3600)
RUN_STAGE_TIME_S = env_int("HERITAGE_RUN_STAGE_TIME_S", 2 * 3600)
INSPECT_MEMORY_BYTES = env_int("HERITAGE_INSPECT_MEMORY_BYTES", 4 * GIB)
INSPECT_TIME_S = env_int("HERITAGE_INSPECT_TIME_S", 300)
IMAGE_MEMORY_BYTES = env_int("HERITAGE_IMAGE_MEMORY_BYTES", 1 * GIB)
IMAGE_TIME_S = env_int("HERITAGE_IMAGE_TIME_S", 600)
IMAGE_MEGAPIXELS = env_int("HERITAGE_IMAGE_MEGAPIXELS", 2000)
IIIF_MEGAPIXELS = env_int("HERITAGE_IIIF_MEGAPIXELS", 25)
IIIF_RENDERERS = env_int("HERITAGE_IIIF_RENDERERS", 2)
IIIF_PRESENTATION_4 = env_bool("HERITAGE_IIIF_PRESENTATION_4", default=False)
IIIF_TIME_S = env_float("HERITAGE_IIIF_TIME_S", 20.0)
TILE_CACHE_BYTES = env_int("HERITAGE_TILE_CACHE_BYTES", 2 * GIB)
QUERY_TIME_S = env_float("HERITAGE_QUERY_TIME_S", 10.0)
QUERY_MEMORY_BYTES = env_int("HERITAGE_QUERY_MEMORY_BYTES", 1 * GIB)
QUERY_ROWS = env_int("HERITAGE_QUERY_ROWS", 10_000)
QUERY_READERS = env_int("HERITAGE_QUERY_READERS", 2)
QUERY_KEPT_BYTES = env_int("HERITAGE_QUERY_KEPT_BYTES", GIB // 16)
QUERY_SOCKET = env_path("HERITAGE_QUERY_SOCKET", DATA_DIR / "query.sock")

# Background work.
LEASE_S = env_int("HERITAGE_LEASE_S", 30)
SWEEP_S = env_float("HERITAGE_SWEEP_S", 10.0)
TICK_S = env_float("HERITAGE_TICK_S", 30.0)
FIXITY_DAYS = env_int("HERITAGE_FIXITY_DAYS", 90)
REDIS_URL = env_str("HERITAGE_REDIS_URL")

INSTALLED_APPS = [
    "heritage.operations",  # before unfold: its admin template carries our banner
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.simple_history",
    "heritage.lib",
    "heritage.archive",
    "heritage.catalogue",
    "heritage.exchange",
    "heritage.custody",
    "heritage.search",
    "heritage.captures",
    "heritage.images",
    "heritage.iiif",
    "heritage.exhibits",
    "heritage.linked_data",
    "heritage.pages",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "heritage.operations.late_admin.LateAdmin",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "heritage.pages.security.ContentSecurity",
    "heritage.pages.cross_origin.CrossOrigin",
    "heritage.pages.open_files.OpenFiles",
    "heritage.linked_data.early_queries.EarlyQueries",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "heritage.pages.script.TraditionalScript",
    "heritage.pages.missing.MissingRecords",
]

ROOT_URLCONF = "heritage.urls"
WSGI_APPLICATION = "heritage.wsgi.application"
ASGI_APPLICATION = "heritage.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heritage.pages.context.museum",
            ],
            "builtins": ["heritage.catalogue.templatetags.languages"],
        },
    },
]

_sqlite = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "museum.sqlite3",
    # Opened anew for each request it reads its whole schema, and closing the last one
    # writes the log back into the file.
    "CONN_MAX_AGE": 60,
    "OPTIONS": {
        # Deferred transactions that read and then write fail at once with "database
        # is locked" whatever the timeout: docs/decisions/0002.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}
_database_url = env_str("HERITAGE_DATABASE_URL")
DATABASES = {
    "default": database_from_url("HERITAGE_DATABASE_URL", _database_url)
    if _database_url
    else _sqlite
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The queue is only a bell (docs/decisions/0004): a task is rung in the record's own
# transaction with the database backend, after commit with Redis.
QUEUES = ["quick", "heavy"]
TASKS = {
    "default": {
        "BACKEND": "heritage.lib.redis_queue.RedisBackend"
        if REDIS_URL
        else "django_tasks_db.DatabaseBackend",
        "QUEUES": QUEUES,
    }
}
if REDIS_URL:
    INSTALLED_APPS += ["django_rq", "django_tasks_rq"]
    RQ_QUEUES = {
        # A run has its own limit of time (RUN_TIME_S); RQ would stop it after minutes.
        name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1}
        for name in QUEUES
    }

# Shared by all processes: tries to sign in are counted in it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # What counts sign-ins and visitors' forms must not be culled by a flood.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = env_choice("HERITAGE_LANGUAGE", "zh-hans", {"zh-hans", "en"})
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
TRADITIONAL_WORDS = env_str("HERITAGE_TRADITIONAL_WORDS")
LOCALE_PATHS = [BASE_DIR / "heritage" / "locale"]
FORMAT_MODULE_PATH = "heritage.lib.formats"
TIME_ZONE = env_str("HERITAGE_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
_node = BASE_DIR / "node_modules"
_addons = _node / "three" / "examples" / "jsm"
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in (
        ("three", _node / "three" / "build"),
        *(
            (f"three/addons/{name}", _addons / name)
            for name in (
                "controls",
                "environments",
                "libs",
                "loaders",
                "math",
                "utils",
            )
        ),
        ("yasgui", _node / "@zazuko" / "yasgui" / "build"),
        ("openseadragon", _node / "openseadragon" / "build" / "openseadragon"),
    )
    if folder.is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Else each client of the tests, whose DEBUG is off, looks all files over: 0.04 s.
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ADD_HEADERS_FUNCTION = add_static_headers

LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
# Accounts are made by administrators; a second factor is for whoever wants one.
ACCOUNT_ADAPTER = "heritage.operations.sign_in.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
# Behind a proxy each client counts by its own address, not by the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = MUSEUM_NAME_EN
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env_int("HERITAGE_HSTS_S", 365 * 24 * 3600 if HTTPS else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains and preloading are for the domain's owner
    "security.W021",
    "security.W019",  # our own pages frame our own viewer
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024**2
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env_choice(
            "HERITAGE_LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}
        ),
    },
}

UNFOLD = {
    "COLORS": "heritage.operations.branding.colours",
    "SITE_TITLE": "heritage.operations.branding.name",
    "SITE_HEADER": "heritage.operations.branding.name",
    "SITE_SUBHEADER": _("Relics, living heritage, exhibits"),
    "SITE_ICON": "heritage.operations.branding.icon",
    "SITE_URL": "/",
    "SITE_SYMBOL": "account_balance",
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "LOGIN": {"form": "heritage.operations.sign_in.SignInForm"},
    "DASHBOARD_CALLBACK": "heritage.catalogue.dashboard.fill",
    "STYLES": [lambda request: static("catalogue/admin.css")],
    "COMMAND": {"search_callback": "heritage.search.command.find_for_admin"},
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
}
