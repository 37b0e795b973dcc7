"""Roundtable: expert working groups, their members, meetings and calendars."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

import config
from app import cli, extensions
from app.availability import listeners as availability_listeners
from app.availability import views as availability
from app.calendars import door
from app.calendars import listeners as calendar_listeners
from app.calendars import views as calendars
from app.calls import listeners as call_listeners
from app.calls import views as calls
from app.core import dates, db, errors, i18n, jobs, logs, policy, security
from app.core.version import VERSION
from app.groups import views as groups
from app.imports import views as imports
from app.mail import views as mail
from app.meetings import listeners as meeting_listeners
from app.meetings import views as meetings
from app.membership import views as membership
from app.merging import views as merging
from app.pages import chrome
from app.pages import views as pages
from app.people import viewer
from app.people import views as people
from app.privacy import views as privacy
from app.proceedings import listeners as proceedings_listeners
from app.proceedings import views as proceedings
from app.programme import views as programme
from app.representation import views as representation
from app.scheduling import listeners as scheduling_listeners
from app.scheduling import views as scheduling
from app.terms import views as terms

__version__ = VERSION
ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application, with the settings given or those of the environment."""
    settings = settings or config.load()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), instance_path=str(settings.instance_path))
    app.config.from_mapping(settings.flask())

    logs.init_app(app)
    db.init_app(app)
    extensions.migrate.init_app(app, db.db, directory=str(ROOT / "migrations"))
    extensions.login.init_app(app)
    viewer.init_app(extensions.login)
    i18n.init_app(app)
    security.init_app(app)
    extensions.limiter.init_app(app)
    policy.init_app(app)
    errors.init_app(app)
    dates.init_app(app)
    jobs.init_app(app)
    chrome.init_app(app)

    below = (people, groups, terms, membership, calls, representation, meetings, availability, programme, scheduling)
    for feature in (*below, proceedings, calendars, mail, imports, merging, privacy, pages):
        app.register_blueprint(feature.bp)
    cli.init_app(app)
    asking = (availability_listeners, scheduling_listeners)
    for listeners in (call_listeners, meeting_listeners, *asking, proceedings_listeners, calendar_listeners):
        listeners.init_app(app)
    door.init_app(app)
    return app
