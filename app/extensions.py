"""Flask's extensions that several parts share: created here, bound in `create_app`."""

from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate

from app.core.db import db
from app.core.i18n import babel
from app.core.security import client_network, csrf

login = LoginManager()
migrate = Migrate(compare_type=True, render_as_batch=True)
limiter = Limiter(key_func=client_network)

__all__ = ["babel", "csrf", "db", "limiter", "login", "migrate"]
