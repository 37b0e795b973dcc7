"""Who may what: every route × role, and what it answers.

The table is what counts. A line is a method, a route as `app.url_map` has it (without converters), which of several
objects the route's parts name, and what each role gets. Objects are those of "the" group and "the" association of
`World`; what another group's coordinator or another association's focal point gets stands in columns of its own.

    200  lets them in               302  a visitor is sent to sign in, or a page that leads elsewhere
    303  done, and on to a page     403  they may know of it, but not do it
    404  nothing there for them     422  lets them in: a form sent empty, refused for what it lacks

Forms are sent without their token, so that none of them does anything: those let in see the form again with what is
wrong (422), those not let in never get that far. Routes that need no form do what they do.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.calendars import queries as calendars
from app.calendars.feeds import FeedKind
from app.calendars.service import secrets
from app.calls.models import Call
from app.calls.rules import CallState, Standing
from app.core import clock
from app.core.addresses import Address
from app.core.db import db, write
from app.core.outbox import FAILED, OutboxMessage
from app.core.policy import anyone, guard
from app.groups.models import WorkingGroup
from app.imports.models import Import
from app.meetings.rules import Visibility
from app.meetings.rules.company import Company
from app.meetings.service import cancel_meeting
from app.meetings.service.task_forces import make_task_force
from app.membership.rules import Role, State
from app.people.models import Account, Affiliation, Association, Person
from app.people.rules import Audience
from app.programme.service import drop
from app.terms import service
from app.terms.loading import put_in_force
from app.terms.rules import Kind
from tests.databases import empty_all_tables
from tests.factories.availability import make_absence, make_band, make_calendar
from tests.factories.calls import in_days, make_call, make_candidacy
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.membership import make_membership
from tests.factories.people import (
    make_account,
    make_association,
    make_delegate,
    make_keyword,
    make_person,
    make_photo,
)
from tests.factories.privacy import make_erasure
from tests.factories.programme import make_milestone
from tests.factories.rooms import make_room
from tests.factories.scheduling import make_poll

ROLES = {
    "vis": "visitor",
    "exp": "signed in: an expert of another association, whose request to join the group waits",
    "mem": "member of the group, expert of the association",
    "cha": "chair of the group",
    "vic": "vice-chair of the group",
    "coo": "coordinator of the group",
    "co2": "coordinator of another group",
    "foc": "focal point of the association",
    "fo2": "focal point of another association",
    "adm": "administrator",
}

TABLE = """
#      route                                                  of which      vis exp mem cha vic coo co2 foc fo2 adm

# For everybody
GET    /                                                      -             200 200 200 200 200 200 200 200 200 200
GET    /groups                                                -             200 200 200 200 200 200 200 200 200 200
GET    /groups/<slug>                                         group         200 200 200 200 200 200 200 200 200 200
GET    /groups/<slug>/next                                    group         302 302 302 302 302 302 302 302 302 302
GET    /groups/<slug>/calendar.ics                            group         200 200 200 200 200 200 200 200 200 200
GET    /calendar.ics                                          -             200 200 200 200 200 200 200 200 200 200
GET    /communities/<slug>/calendar.ics                       community     200 200 200 200 200 200 200 200 200 200
GET    /communities/<slug>                                    community     200 200 200 200 200 200 200 200 200 200
GET    /calendars                                             -             200 200 200 200 200 200 200 200 200 200
GET    /calendars/result                                      -             200 200 200 200 200 200 200 200 200 200
GET    /calendars/how/<program>                               program       200 200 200 200 200 200 200 200 200 200
GET    /embed/meetings                                        -             200 200 200 200 200 200 200 200 200 200
GET    /embed/meetings.html                                   -             200 200 200 200 200 200 200 200 200 200
GET    /associations                                          -             200 200 200 200 200 200 200 200 200 200
GET    /associations/<code>                                   association   200 200 200 200 200 200 200 200 200 200
GET    /people                                                -             200 200 200 200 200 200 200 200 200 200
GET    /people/results                                        -             200 200 200 200 200 200 200 200 200 200
GET    /search                                                -             200 200 200 200 200 200 200 200 200 200
GET    /search/results                                        -             200 200 200 200 200 200 200 200 200 200
GET    /search/groups                                         -             200 200 200 200 200 200 200 200 200 200
GET    /search/associations                                   -             200 200 200 200 200 200 200 200 200 200
GET    /meetings                                              -             200 200 200 200 200 200 200 200 200 200
GET    /planner                                               -             200 200 200 200 200 200 200 200 200 200
GET    /help                                                  -             200 200 200 200 200 200 200 200 200 200
GET    /terms                                                 -             200 200 200 200 200 200 200 200 200 200
GET    /terms/<kind>/<number>                                 terms         200 200 200 200 200 200 200 200 200 200
GET    /terms/<kind>/<number>                                 terms-draft   404 404 404 404 404 404 404 404 404 404
GET    /privacy                                              -             200 200 200 200 200 200 200 200 200 200
GET    /theme.css                                             -             200 200 200 200 200 200 200 200 200 200
GET    /static/<filename>                                     style         200 200 200 200 200 200 200 200 200 200

# Operations: figures only from the addresses of METRICS_FROM, of which the test's is one
GET    /healthz                                               -             200 200 200 200 200 200 200 200 200 200
GET    /readyz                                                -             200 200 200 200 200 200 200 200 200 200
GET    /metrics                                               -             200 200 200 200 200 200 200 200 200 200
GET    /robots.txt                                            -             200 200 200 200 200 200 200 200 200 200

# Accounts: who is signed in already is led on; links from mails that are over say so
GET    /sign-up                                               -             200 302 302 302 302 302 302 302 302 302
POST   /sign-up                                               -             422 302 302 302 302 302 302 302 302 302
GET    /sign-up/sent                                          -             200 200 200 200 200 200 200 200 200 200
GET    /sign-up/confirm/<token>                               dead-link     410 410 410 410 410 410 410 410 410 410
POST   /sign-up/confirm/<token>                               dead-link     410 410 410 410 410 410 410 410 410 410
GET    /sign-in                                               -             200 302 302 302 302 302 302 302 302 302
POST   /sign-in                                               -             422 422 422 422 422 422 422 422 422 422
POST   /sign-out                                              -             303 303 303 303 303 303 303 303 303 303
GET    /forgotten-password                                    -             200 200 200 200 200 200 200 200 200 200
POST   /forgotten-password                                    -             422 422 422 422 422 422 422 422 422 422
GET    /reset-password/<token>                                dead-link     410 410 410 410 410 410 410 410 410 410
POST   /reset-password/<token>                                dead-link     410 410 410 410 410 410 410 410 410 410
GET    /confirm-address/<token>                               dead-link     410 410 410 410 410 410 410 410 410 410
POST   /confirm-address/<token>                               dead-link     410 410 410 410 410 410 410 410 410 410

# One's own
GET    /me                                                    -             302 200 200 200 200 200 200 200 200 200
GET    /me/terms                                              -             302 200 200 200 200 200 200 200 200 200
POST   /me/terms                                              -             302 422 422 422 422 422 422 422 422 422
GET    /accept-terms/<token>                                  dead-link     410 410 410 410 410 410 410 410 410 410
POST   /accept-terms/<token>                                  dead-link     410 410 410 410 410 410 410 410 410 410
GET    /me/history                                            -             302 200 200 200 200 200 200 200 200 200
GET    /me/profile                                            -             302 200 200 200 200 200 200 200 200 200
POST   /me/profile                                            -             302 422 422 422 422 422 422 422 422 422
GET    /me/photo                                              -             302 200 200 200 200 200 200 200 200 200
POST   /me/photo                                              -             302 422 422 422 422 422 422 422 422 422
POST   /me/photo/remove                                       -             302 303 303 303 303 303 303 303 303 303
GET    /me/delegates/new                                      -             302 200 200 200 200 200 200 200 200 200
POST   /me/delegates/new                                      -             302 422 422 422 422 422 422 422 422 422
POST   /me/delegates/<delegation_id>/end                      delegation    302 303 303 404 404 404 404 404 404 404
GET    /me/expertise                                          -             302 200 200 200 200 200 200 200 200 200
POST   /me/expertise                                          -             302 422 422 422 422 422 422 422 422 422
GET    /me/account                                            -             302 200 200 200 200 200 200 200 200 200
GET    /me/password                                           -             302 200 200 200 200 200 200 200 200 200
POST   /me/password                                           -             302 422 422 422 422 422 422 422 422 422
GET    /me/email                                              -             302 200 200 200 200 200 200 200 200 200
POST   /me/email                                              -             302 422 422 422 422 422 422 422 422 422
POST   /me/sessions/end                                       -             302 303 303 303 303 303 303 303 303 303
GET    /me/data                                              -             302 200 200 200 200 200 200 200 200 200
GET    /me/data.json                                         -             302 200 200 200 200 200 200 200 200 200
GET    /me/data/erase                                        -             302 200 200 200 200 200 200 200 200 200
POST   /me/data/erase                                        -             302 422 422 422 422 422 422 422 422 422
POST   /me/data/keep                                         -             302 303 303 303 303 303 303 303 303 303
GET    /keep-my-data/<token>                                 dead-link     410 410 410 410 410 410 410 410 410 410
POST   /keep-my-data/<token>                                 dead-link     410 410 410 410 410 410 410 410 410 410

# Members: coordinators decide, members see each other; who waits and who sits where is nobody else's business,
# but for the focal points of the association that is represented
GET    /groups/<slug>/join                                    group         302 200 200 200 200 200 200 200 200 200
POST   /groups/<slug>/join                                    group         302 422 422 422 422 422 422 422 422 422
GET    /groups/<slug>/members                                 group         302 403 200 200 200 200 403 403 403 200
GET    /associations/<code>/history                           association   302 403 403 403 403 403 403 200 403 200
GET    /groups/<slug>/history                                 group         302 403 200 200 200 200 403 403 403 200
POST   /memberships/<membership_id>/remind-terms              new-seat      302 404 404 404 404 303 404 303 404 303
GET    /groups/<slug>/members/new                             group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/members/new                             group         302 403 403 403 403 422 403 403 403 422
GET    /memberships/<membership_id>                           request       302 200 404 404 404 200 404 404 404 200
GET    /memberships/<membership_id>                           seat          302 404 200 404 404 200 404 200 404 200
POST   /memberships/<membership_id>/accept                    new-request   302 404 404 404 404 303 404 404 404 303
GET    /memberships/<membership_id>/decline                   request       302 403 404 404 404 200 404 404 404 200
POST   /memberships/<membership_id>/decline                   request       302 403 404 404 404 422 404 404 404 422
GET    /memberships/<membership_id>/withdraw                  request       302 200 404 404 404 403 404 404 404 403
POST   /memberships/<membership_id>/withdraw                  request       302 422 404 404 404 403 404 404 404 403
GET    /memberships/<membership_id>/leave                     seat          302 404 200 404 404 403 404 403 404 403
POST   /memberships/<membership_id>/leave                     seat          302 404 422 404 404 403 404 403 404 403
GET    /memberships/<membership_id>/end                       seat          302 404 403 404 404 200 404 403 404 200
POST   /memberships/<membership_id>/end                       seat          302 404 403 404 404 422 404 403 404 422
GET    /memberships/<membership_id>/role                      seat          302 404 403 404 404 200 404 403 404 200
POST   /memberships/<membership_id>/role                      seat          302 404 403 404 404 422 404 403 404 422
# What cannot be done with one in that state is said (409), not denied
GET    /memberships/<membership_id>/decline                   seat          302 404 403 404 404 409 404 403 404 409
GET    /memberships/<membership_id>/withdraw                  seat          302 404 409 404 404 403 404 403 404 403
GET    /memberships/<membership_id>/leave                     request       302 409 404 404 404 403 404 404 404 403
GET    /memberships/<membership_id>/end                       request       302 403 404 404 404 409 404 404 404 409
GET    /memberships/<membership_id>/role                      request       302 403 404 404 404 409 404 404 404 409

# People: the member's photo is for members, the chair's for coordinators; the request of `exp` is not yet a seat, and
# so those who do not decide on it do not find them
GET    /people/<person_id>                                    person        404 404 200 200 200 200 200 200 200 200
GET    /people/<person_id>                                    applicant     404 200 404 404 404 200 404 404 404 200
GET    /people/<person_id>                                    shown         200 200 200 200 200 200 200 200 200 200
GET    /people/<person_id>/photo                              person        404 404 200 200 200 200 200 200 200 200
GET    /people/<person_id>/photo                              chair         404 404 404 200 404 200 404 404 404 200

# Meetings: coordinators, chairs and vice-chairs plan them; those for members only are not there for others
GET    /groups/<slug>/meetings/new                            group         302 403 403 200 200 200 403 403 403 200
POST   /groups/<slug>/meetings/new                            group         302 403 403 422 422 422 403 403 403 422
GET    /groups/<slug>/series/new                              group         302 403 403 200 200 200 403 403 403 200
POST   /groups/<slug>/series/new                              group         302 403 403 422 422 422 403 403 403 422
GET    /series/<reference>                                    series        200 200 200 200 200 200 200 200 200 200
GET    /series/<reference>                                    closed        404 404 200 200 200 200 404 404 404 200
GET    /series/<reference>/calendar.ics                       series        200 200 200 200 200 200 200 200 200 200
GET    /series/<reference>/calendar.ics                       closed        404 404 404 404 404 404 404 404 404 404
GET    /series/<reference>/add                                series        302 403 403 200 200 200 403 403 403 200
POST   /series/<reference>/add                                series        302 403 403 422 422 422 403 403 403 422
GET    /series/<reference>/add                                closed        404 404 403 200 200 200 404 404 404 200
POST   /series/<reference>/add                                closed        404 404 403 422 422 422 404 404 404 422
GET    /groups/<slug>/repeat                                  group         302 403 403 200 200 200 403 403 403 200
POST   /groups/<slug>/repeat                                  group         302 403 403 422 422 422 403 403 403 422
GET    /meetings/<reference>/move                             public        302 403 403 200 200 200 403 403 403 200
GET    /meetings/<reference>/move                             inside        404 404 403 200 200 200 404 404 404 200
GET    /meetings/<reference>/following                        recurring     302 403 403 200 200 200 403 403 403 200
POST   /meetings/<reference>/following                        recurring     302 403 403 422 422 422 403 403 403 422
GET    /meetings/<reference>/following                        inside        404 404 403 302 302 302 404 404 404 302
POST   /meetings/<reference>/following                        inside        404 404 403 303 303 303 404 404 404 303
GET    /meetings/<reference>/end                              recurring     302 403 403 200 200 200 403 403 403 200
POST   /meetings/<reference>/end                              recurring     302 403 403 422 422 422 403 403 403 422
GET    /meetings/<reference>/end                              inside        404 404 403 302 302 302 404 404 404 302
POST   /meetings/<reference>/end                              inside        404 404 403 303 303 303 404 404 404 303
GET    /meetings/<reference>                                  public        200 200 200 200 200 200 200 200 200 200
GET    /meetings/<reference>                                  inside        404 404 200 200 200 200 404 404 404 200
GET    /meetings/<reference>/meeting.ics                      public        200 200 200 200 200 200 200 200 200 200
GET    /meetings/<reference>/meeting.ics                      inside        404 404 200 200 200 200 404 404 404 200
POST   /meetings/<reference>/answer                           public        302 403 303 303 303 303 403 403 403 403
POST   /meetings/<reference>/answer                           inside        404 404 303 303 303 303 404 404 404 403
GET    /meetings/<reference>/edit                             public        302 403 403 200 200 200 403 403 403 200
POST   /meetings/<reference>/edit                             public        302 403 403 422 422 422 403 403 403 422
GET    /meetings/<reference>/edit                             inside        404 404 403 200 200 200 404 404 404 200
POST   /meetings/<reference>/edit                             inside        404 404 403 422 422 422 404 404 404 422
GET    /meetings/<reference>/cancel                           public        302 403 403 200 200 200 403 403 403 200
POST   /meetings/<reference>/cancel                           public        302 403 403 422 422 422 403 403 403 422
GET    /meetings/<reference>/cancel                           inside        404 404 403 200 200 200 404 404 404 200
POST   /meetings/<reference>/cancel                           inside        404 404 403 422 422 422 404 404 404 422
GET    /meetings/<reference>/reinstate                        cancelled     302 403 403 200 200 200 403 403 403 200
POST   /meetings/<reference>/reinstate                        cancelled     302 403 403 422 422 422 403 403 403 422
GET    /meetings/<reference>/reinstate                        inside        404 404 403 302 302 302 404 404 404 302

# The work programme: by the same rules
GET    /groups/<slug>/programme                               group         200 200 200 200 200 200 200 200 200 200
GET    /groups/<slug>/programme/new                           group         302 403 403 200 200 200 403 403 403 200
POST   /groups/<slug>/programme/new                           group         302 403 403 422 422 422 403 403 403 422
GET    /milestones/<reference>                                milestone     200 200 200 200 200 200 200 200 200 200
GET    /milestones/<reference>                                inner         404 404 200 200 200 200 404 404 404 200
GET    /milestones/<reference>/edit                           milestone     302 403 403 200 200 200 403 403 403 200
POST   /milestones/<reference>/edit                           milestone     302 403 403 422 422 422 403 403 403 422
GET    /milestones/<reference>/edit                           inner         404 404 403 200 200 200 404 404 404 200
POST   /milestones/<reference>/done                           milestone     302 403 403 303 303 303 403 403 403 303
POST   /milestones/<reference>/done                           inner         404 404 403 303 303 303 404 404 404 303
GET    /milestones/<reference>/drop                           milestone     302 403 403 200 200 200 403 403 403 200
POST   /milestones/<reference>/drop                           milestone     302 403 403 422 422 422 403 403 403 422
GET    /milestones/<reference>/reinstate                      dropped       302 403 403 200 200 200 403 403 403 200
POST   /milestones/<reference>/reinstate                      dropped       302 403 403 422 422 422 403 403 403 422
# Time: absences and calendars are for their owners alone, administrators excluded; marked days are kept by
# administrators for all and by coordinators for their group; those who plan a group's meetings look for times
GET    /me/absences                                           -             302 200 200 200 200 200 200 200 200 200
POST   /me/absences                                           -             302 422 422 422 422 422 422 422 422 422
GET    /me/absences/<absence_id>/edit                         absence       404 404 200 404 404 404 404 404 404 404
POST   /me/absences/<absence_id>/edit                         absence       404 404 422 404 404 404 404 404 404 404
POST   /me/absences/<absence_id>/remove                       new-absence   404 404 303 404 404 404 404 404 404 404
GET    /me/busy-calendars                                     -             302 200 200 200 200 200 200 200 200 200
POST   /me/busy-calendars                                     -             302 422 422 422 422 422 422 422 422 422
POST   /me/busy-calendars/file                                -             302 422 422 422 422 422 422 422 422 422
POST   /me/busy-calendars/<calendar_id>/read                  new-calendar  404 404 303 404 404 404 404 404 404 404
POST   /me/busy-calendars/<calendar_id>/remove                new-calendar  404 404 303 404 404 404 404 404 404 404
GET    /me/feeds                                              -             302 200 200 200 200 200 200 200 200 200
POST   /me/feeds                                              -             302 422 422 422 422 422 422 422 422 422
GET    /feeds/<secret>/calendar.ics                           new-secret    200 200 200 200 200 200 200 200 200 200
POST   /me/feeds/<secret_id>/replace                          new-secret    404 404 200 404 404 404 404 404 404 200
POST   /me/feeds/<secret_id>/take-back                        new-secret    404 404 303 404 404 404 404 404 404 303
GET    /admin/people/<person_id>/feeds                        person        302 403 403 403 403 403 403 403 403 200
GET    /bands                                                 -             302 200 200 200 200 200 200 200 200 200
GET    /bands/new                                             -             302 403 403 403 403 403 403 403 403 200
POST   /bands/new                                             -             302 403 403 403 403 403 403 403 403 422
GET    /bands/<band_id>/edit                                  band          404 403 403 403 403 403 403 403 403 200
POST   /bands/<band_id>/edit                                  band          404 403 403 403 403 403 403 403 403 422
POST   /bands/<band_id>/remove                                new-band      404 403 403 403 403 403 403 403 403 303
GET    /groups/<slug>/bands                                   group         302 403 200 200 200 200 403 403 403 200
GET    /groups/<slug>/bands/new                               group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/bands/new                               group         302 403 403 403 403 422 403 403 403 422
GET    /bands/<band_id>/edit                                  group-band    404 404 403 403 403 200 404 404 404 200
POST   /bands/<band_id>/edit                                  group-band    404 404 403 403 403 422 404 404 404 422
GET    /groups/<slug>/find-a-time                             group         302 403 403 200 200 200 403 403 403 200

# Meetings of few: who is not among them and does not coordinate the group gets the answer of one that never was
GET    /meetings/<reference>                                  of-chairs     404 404 404 200 200 200 404 404 404 200
GET    /meetings/<reference>                                  of-named      404 404 200 404 404 200 404 404 404 200
GET    /meetings/<reference>/meeting.ics                      of-chairs     404 404 404 200 200 200 404 404 404 200
GET    /meetings/<reference>/meeting.ics                      of-named      404 404 200 404 404 200 404 404 404 200
POST   /meetings/<reference>/answer                           of-chairs     404 404 404 303 303 303 404 404 404 403
POST   /meetings/<reference>/answer                           of-named      404 404 303 404 404 303 404 404 404 403
GET    /meetings/<reference>/edit                             of-chairs     404 404 404 200 200 200 404 404 404 200
GET    /meetings/<reference>/edit                             of-named      404 404 403 404 404 200 404 404 404 200
POST   /meetings/<reference>/edit                             of-named      404 404 403 404 404 422 404 404 404 422
GET    /meetings/<reference>/cancel                           of-named      404 404 403 404 404 200 404 404 404 200
POST   /meetings/<reference>/cancel                           of-named      404 404 403 404 404 422 404 404 404 422

# Joint meetings: the coordinators of the group that is asked answer; that it is asked know those inside the host group
POST   /meetings/<reference>/joint/<slug>/agree               new-asked     404 404 404 404 404 303 403 404 404 303
GET    /meetings/<reference>/joint/<slug>/decline             asked         404 404 404 404 404 200 403 404 404 200
POST   /meetings/<reference>/joint/<slug>/decline             asked         404 404 404 404 404 422 403 404 404 422

# Task forces and guests
GET    /groups/<slug>/task-forces                             group         302 403 403 403 403 200 403 403 403 200
GET    /groups/<slug>/task-forces/new                         group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/task-forces/new                         group         302 403 403 403 403 422 403 403 403 422
GET    /task-forces/<task_force_id>/edit                      task-force    404 404 404 403 403 200 404 404 404 200
POST   /task-forces/<task_force_id>/edit                      task-force    404 404 404 403 403 422 404 404 404 422
POST   /task-forces/<task_force_id>/drop                      new-task-force 404 404 404 403 403 303 404 404 404 303
GET    /guests/<token>                                        dead-link     410 410 410 410 410 410 410 410 410 410

# Running a group
GET    /desk                                                  -             302 403 403 200 200 200 200 200 200 200
GET    /groups/<slug>/edit                                    group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/edit                                    group         302 403 403 403 403 422 403 403 403 422

# Seats, endorsement, nomination, mandates
POST   /memberships/<membership_id>/endorse                   new-unendorsed 302 404 404 404 404 403 404 303 404 303
GET    /memberships/<membership_id>/refuse                    unendorsed    302 404 404 404 404 403 404 200 404 200
POST   /memberships/<membership_id>/refuse                    unendorsed    302 404 404 404 404 403 404 422 404 422
POST   /memberships/decide                                    -             302 403 403 422 422 422 422 422 422 422
GET    /desk/decide                                           -             302 403 403 200 200 200 200 200 200 200
GET    /memberships/<membership_id>/admit                     line          302 404 404 404 404 200 404 200 404 200
POST   /memberships/<membership_id>/admit                     new-line      302 404 404 404 404 422 404 422 404 422
GET    /groups/<slug>/nominate                                group         302 403 403 403 403 403 403 200 200 200
POST   /groups/<slug>/nominate                                group         302 403 403 403 403 403 403 422 422 422
GET    /memberships/<membership_id>/replace                   seat          302 404 403 404 404 403 404 200 404 200
POST   /memberships/<membership_id>/replace                   seat          302 404 403 404 404 403 404 422 404 422
GET    /memberships/<membership_id>/recall                    seat          302 404 403 404 404 403 404 200 404 200
POST   /memberships/<membership_id>/recall                    seat          302 404 403 404 404 403 404 422 404 422
POST   /memberships/<membership_id>/resend                    nominated     302 404 404 404 404 403 404 303 404 303
GET    /memberships/<membership_id>/revoke                    nominated     302 404 404 404 404 403 404 200 404 200
POST   /memberships/<membership_id>/revoke                    new-nominated 302 404 404 404 404 403 404 422 404 422
GET    /memberships/<membership_id>/take_up                   nominated     302 404 404 404 404 403 404 403 404 403
POST   /memberships/<membership_id>/take_up                   new-nominated 302 404 404 404 404 403 404 403 404 403
GET    /memberships/<membership_id>/turn_down                 nominated     302 404 404 404 404 403 404 403 404 403
POST   /memberships/<membership_id>/turn_down                 new-nominated 302 404 404 404 404 403 404 403 404 403
GET    /invitations/<token>                                   dead-link     410 410 410 410 410 410 410 410 410 410
POST   /invitations/<token>                                   dead-link     410 410 410 410 410 410 410 410 410 410
GET    /renewals/<token>                                      dead-link     410 410 410 410 410 410 410 410 410 410
POST   /renewals/<token>                                      dead-link     410 410 410 410 410 410 410 410 410 410
GET    /invitations/<token>/account                           dead-link     410 410 410 410 410 410 410 410 410 410
POST   /invitations/<token>/account                           dead-link     410 410 410 410 410 410 410 410 410 410
GET    /memberships/<membership_id>/renew                     dated         302 404 404 404 404 200 404 403 404 200
POST   /memberships/<membership_id>/renew                     dated         302 404 404 404 404 422 404 403 404 422
POST   /memberships/<membership_id>/goes-on                   dated         302 404 404 404 404 403 404 303 404 303
GET    /groups/<slug>/seats                                   group         302 403 403 403 403 200 403 403 403 200
GET    /groups/<slug>/joining                                 group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/joining                                 group         302 403 403 403 403 422 403 403 403 422
GET    /groups/<slug>/seats/<code>                            place         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/seats/<code>                            place         302 403 403 403 403 422 403 403 403 422
GET    /associations/<code>/desk                              association   302 403 403 403 403 403 403 200 403 200
GET    /associations/<code>/colleagues/<person_id>/leave      colleague     302 403 403 403 403 403 403 200 403 200
POST   /associations/<code>/colleagues/<person_id>/leave      colleague     302 403 403 403 403 403 403 422 403 422

# Calls for experts: public once they are open; who stands is for those who choose, for the association and for oneself
GET    /calls                                                 -             200 200 200 200 200 200 200 200 200 200
GET    /groups/<slug>/calls                                   group         200 200 200 200 200 200 200 200 200 200
GET    /calls/<call_id>                                       call          200 200 200 200 200 200 200 200 200 200
GET    /calls/<call_id>                                       closed-call   200 200 200 200 200 200 200 200 200 200
GET    /calls/<call_id>                                       draft-call    404 404 404 404 404 200 404 404 404 200
GET    /groups/<slug>/calls/new                               group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/calls/new                               group         302 403 403 403 403 422 403 403 403 422
GET    /calls/<call_id>/edit                                  call          302 403 403 403 403 200 403 403 403 200
POST   /calls/<call_id>/edit                                  call          302 403 403 403 403 422 403 403 403 422
GET    /calls/<call_id>/extend                                call          302 403 403 403 403 200 403 403 403 200
POST   /calls/<call_id>/extend                                call          302 403 403 403 403 422 403 403 403 422
GET    /calls/<call_id>/cancel                                call          302 403 403 403 403 200 403 403 403 200
POST   /calls/<call_id>/cancel                                call          302 403 403 403 403 422 403 403 403 422
GET    /calls/<call_id>/choose                                closed-call   302 403 403 403 403 200 403 403 403 200
POST   /calls/<call_id>/choose                                closed-call   302 403 403 403 403 422 403 403 403 422
POST   /candidacies/decide                                    -             302 403 403 422 422 422 422 422 422 422
GET    /calls/<call_id>/edit                                  draft-call    404 404 404 404 404 200 404 404 404 200
POST   /calls/<call_id>/edit                                  draft-call    404 404 404 404 404 422 404 404 404 422
GET    /calls/<call_id>/open                                  draft-call    404 404 404 404 404 200 404 404 404 200
POST   /calls/<call_id>/open                                  draft-call    404 404 404 404 404 422 404 404 404 422
GET    /calls/<call_id>/cancel                                draft-call    404 404 404 404 404 200 404 404 404 200
POST   /calls/<call_id>/cancel                                draft-call    404 404 404 404 404 422 404 404 404 422
GET    /calls/<call_id>/apply                                 call          302 200 200 200 200 200 200 200 200 200
POST   /calls/<call_id>/apply                                 call          302 422 422 422 422 422 422 422 422 422
GET    /calls/<call_id>/apply                                 draft-call    404 404 404 404 404 200 404 404 404 200
GET    /calls/<call_id>/nominate                              call          302 403 403 403 403 403 403 200 200 200
POST   /calls/<call_id>/nominate                              call          302 403 403 403 403 403 403 422 422 422
POST   /calls/<call_id>/rank                                  call          302 403 403 403 403 403 403 303 303 303
POST   /candidacies/<candidacy_id>/endorse                    new-applied   302 404 404 404 404 403 404 303 404 303
GET    /candidacies/<candidacy_id>/refuse                     applied       302 404 404 404 404 403 404 200 404 200
POST   /candidacies/<candidacy_id>/refuse                     applied       302 404 404 404 404 403 404 422 404 422
GET    /candidacies/<candidacy_id>/withdraw                   standing      302 200 404 404 404 403 404 404 404 200
POST   /candidacies/<candidacy_id>/withdraw                   standing      302 422 404 404 404 403 404 404 404 422
POST   /candidacies/<candidacy_id>/take                       new-reserve   302 404 404 404 404 303 404 403 404 303

# Date polls: for those who are asked, and those who plan the group's meetings; "named" asks the member alone,
# for whom the expert acts
GET    /groups/<slug>/polls                                   group         302 403 200 200 200 200 403 403 403 200
GET    /groups/<slug>/polls/new                               group         302 403 403 200 200 200 403 403 403 200
POST   /groups/<slug>/polls/new                               group         302 403 403 422 422 422 403 403 403 422
GET    /polls/<reference>                                     poll          302 404 200 200 200 200 404 404 404 200
GET    /polls/<reference>                                     named-poll    302 404 200 200 200 200 404 404 404 200
GET    /polls/<reference>/answer                              poll          302 404 200 200 200 200 404 404 404 403
POST   /polls/<reference>/answer                              poll          302 404 422 422 422 422 404 404 404 403
GET    /polls/<reference>/answer                              named-poll    302 404 200 403 403 403 404 404 404 403
GET    /polls/<reference>/answer/<person_id>                  mems-place    302 200 200 200 200 200 404 404 404 200
POST   /polls/<reference>/answer/<person_id>                  mems-place    302 422 422 422 422 422 404 404 404 422
GET    /polls/<reference>/answer/<person_id>                  chairs-place  302 404 403 200 200 200 404 404 404 200
GET    /polls/answer/<token>                                  dead-link     410 410 410 410 410 410 410 410 410 410
POST   /polls/answer/<token>                                  dead-link     410 410 410 410 410 410 410 410 410 410
GET    /polls/<reference>/edit                                poll          302 404 403 200 200 200 404 404 404 200
POST   /polls/<reference>/edit                                poll          302 404 403 422 422 422 404 404 404 422
GET    /polls/<reference>/close                               poll          302 404 403 200 200 200 404 404 404 200
POST   /polls/<reference>/close                               poll          302 404 403 422 422 422 404 404 404 422
GET    /polls/<reference>/extend                              poll          302 404 403 200 200 200 404 404 404 200
POST   /polls/<reference>/extend                              poll          302 404 403 422 422 422 404 404 404 422
GET    /polls/<reference>/cancel                              poll          302 404 403 200 200 200 404 404 404 200
POST   /polls/<reference>/cancel                              poll          302 404 403 422 422 422 404 404 404 422
POST   /polls/<reference>/remind                              poll          302 404 403 303 303 303 404 404 404 303

# The yearly review of lists
GET    /associations/<code>/review                            association   302 403 403 403 403 403 403 200 403 200
POST   /associations/<code>/review                            association   302 403 403 403 403 403 403 422 403 422
GET    /groups/<slug>/review                                  group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/review                                  group         302 403 403 403 403 422 403 403 403 422
GET    /admin/reviews                                         -             302 403 403 403 403 403 403 403 403 200
POST   /admin/reviews                                         -             302 403 403 403 403 403 403 403 403 422

# Representation: columns for coordinators, rows for those who speak for an association, all for administrators;
# figures about gender are for everyone who is asked
GET    /representation                                        -             302 403 403 403 403 200 200 200 200 200
GET    /representation/<code>/<slug>                          place         302 403 403 403 403 200 403 200 403 200
GET    /representation/coverage                               -             302 403 403 403 403 403 403 403 403 200
GET    /representation/changes                                -             302 403 403 403 403 403 403 403 403 200
GET    /representation/balance                                -             302 200 200 200 200 200 200 200 200 200
GET    /me/gender                                             -             302 200 200 200 200 200 200 200 200 200
POST   /me/gender                                             -             302 422 422 422 422 422 422 422 422 422
POST   /me/gender/withdraw                                    -             302 303 303 303 303 303 303 303 303 303

# Administration
GET    /admin                                                 -             302 403 403 403 403 403 403 403 403 200
GET    /admin/people                                          -             302 403 403 403 403 403 403 403 403 200
GET    /admin/people/<person_id>                              person        302 403 403 403 403 403 403 403 403 200
GET    /admin/people/new                                      -             302 403 403 403 403 403 403 403 403 200
POST   /admin/people/new                                      -             302 403 403 403 403 403 403 403 403 422
GET    /admin/people/<person_id>/edit                         person        302 403 403 403 403 403 403 403 403 200
POST   /admin/people/<person_id>/edit                         person        302 403 403 403 403 403 403 403 403 422
GET    /admin/people/<person_id>/affiliations/new             person        302 403 403 403 403 403 403 403 403 200
POST   /admin/people/<person_id>/affiliations/new             person        302 403 403 403 403 403 403 403 403 422
GET    /admin/affiliations/<affiliation_id>/end               affiliation   302 403 403 403 403 403 403 403 403 200
POST   /admin/affiliations/<affiliation_id>/end               affiliation   302 403 403 403 403 403 403 403 403 422
GET    /admin/people/<person_id>/administrator                person        302 403 403 403 403 403 403 403 403 200
POST   /admin/people/<person_id>/administrator                person        302 403 403 403 403 403 403 403 403 422
GET    /admin/people/<person_id>/administrator/dismiss        person        302 403 403 403 403 403 403 403 403 200
POST   /admin/people/<person_id>/administrator/dismiss        person        302 403 403 403 403 403 403 403 403 422
GET    /admin/people/doubles                                  -             302 403 403 403 403 403 403 403 403 200
GET    /admin/people/<person_id>/merge                        person        302 403 403 403 403 403 403 403 403 200
GET    /admin/people/<person_id>/merge/<other_id>             two-people    302 403 403 403 403 403 403 403 403 200
POST   /admin/people/<person_id>/merge/<other_id>             two-people    302 403 403 403 403 403 403 403 403 422
POST   /admin/people/<person_id>/apart/<other_id>             two-people    302 403 403 403 403 403 403 403 403 303
GET    /admin/associations/<code>/merge                       association   302 403 403 403 403 403 403 403 403 200
POST   /admin/associations/<code>/merge                       association   302 403 403 403 403 403 403 403 403 422
GET    /admin/associations/<code>/split                       association   302 403 403 403 403 403 403 403 403 200
POST   /admin/associations/<code>/split                       association   302 403 403 403 403 403 403 403 403 422
GET    /admin/associations                                    -             302 403 403 403 403 403 403 403 403 200
GET    /admin/associations/<code>/edit                        association   302 403 403 403 403 403 403 403 403 200
POST   /admin/associations/<code>/edit                        association   302 403 403 403 403 403 403 403 403 422
GET    /admin/expertise                                       -             302 403 403 403 403 403 403 403 403 200
GET    /admin/expertise/new                                   -             302 403 403 403 403 403 403 403 403 200
POST   /admin/expertise/new                                   -             302 403 403 403 403 403 403 403 403 422
GET    /admin/expertise/<slug>/edit                           keyword       302 403 403 403 403 403 403 403 403 200
POST   /admin/expertise/<slug>/edit                           keyword       302 403 403 403 403 403 403 403 403 422
GET    /admin/expertise/<slug>/merge                          keyword       302 403 403 403 403 403 403 403 403 200
POST   /admin/expertise/<slug>/merge                          keyword       302 403 403 403 403 403 403 403 403 422
POST   /admin/expertise/<slug>/retire                         keyword       302 403 403 403 403 403 403 403 403 303
POST   /admin/expertise/<slug>/offer                          keyword       302 403 403 403 403 403 403 403 403 303
GET    /rooms                                                 -             302 403 403 200 200 200 200 403 403 200
GET    /rooms/<room_id>                                       room          302 403 403 200 200 200 200 403 403 200
GET    /admin/rooms                                           -             302 403 403 403 403 403 403 403 403 200
GET    /admin/rooms/new                                       -             302 403 403 403 403 403 403 403 403 200
POST   /admin/rooms/new                                       -             302 403 403 403 403 403 403 403 403 422
GET    /admin/rooms/<room_id>/edit                            room          302 403 403 403 403 403 403 403 403 200
POST   /admin/rooms/<room_id>/edit                            room          302 403 403 403 403 403 403 403 403 422
POST   /admin/rooms/<room_id>/retire                          room          302 403 403 403 403 403 403 403 403 303
POST   /admin/rooms/<room_id>/offer                           room          302 403 403 403 403 403 403 403 403 303
GET    /admin/groups                                          -             302 403 403 403 403 403 403 403 403 200
GET    /admin/groups/new                                      -             302 403 403 403 403 403 403 403 403 200
POST   /admin/groups/new                                      -             302 403 403 403 403 403 403 403 403 422
GET    /admin/groups/<slug>/name                              group         302 403 403 403 403 403 403 403 403 200
POST   /admin/groups/<slug>/name                              group         302 403 403 403 403 403 403 403 403 422
GET    /admin/communities/<slug>/edit                         community     302 403 403 403 403 403 403 403 403 200
POST   /admin/communities/<slug>/edit                         community     302 403 403 403 403 403 403 403 403 422
GET    /admin/coordinators                                    -             302 403 403 403 403 403 403 403 403 200
GET    /admin/groups/<slug>/coordinators/new                  group         302 403 403 403 403 403 403 403 403 200
POST   /admin/groups/<slug>/coordinators/new                  group         302 403 403 403 403 403 403 403 403 422
GET    /admin/groups/<slug>/coordinators/<person_id>/dismiss  coordinator   302 403 403 403 403 403 403 403 403 200
POST   /admin/groups/<slug>/coordinators/<person_id>/dismiss  coordinator   302 403 403 403 403 403 403 403 403 422
GET    /admin/terms                                           -             302 403 403 403 403 403 403 403 403 200
GET    /admin/terms/<kind>/draft                              terms-draft   302 403 403 403 403 403 403 403 403 200
POST   /admin/terms/<kind>/draft                              terms-draft   302 403 403 403 403 403 403 403 403 422
POST   /admin/terms/<kind>/discard                            terms-other   302 403 403 403 403 403 403 403 403 303
GET    /admin/terms/<kind>/publish                            terms-draft   302 403 403 403 403 403 403 403 403 200
POST   /admin/terms/<kind>/publish                            terms-draft   302 403 403 403 403 403 403 403 403 422
GET    /admin/audit                                           -             302 403 403 403 403 403 403 403 403 200
GET    /admin/outbox                                          -             302 403 403 403 403 403 403 403 403 200
POST   /admin/outbox/<message_id>/retry                       failed-mail   404 404 404 404 404 404 404 404 404 303

# Erasures and the register of processing
GET    /admin/register                                       -             302 403 403 403 403 403 403 403 403 200
GET    /admin/register.csv                                   -             302 403 403 403 403 403 403 403 403 200
GET    /admin/erasures                                       -             302 403 403 403 403 403 403 403 403 200
GET    /admin/erasures/<erasure_id>/withdraw                 erasure       404 404 404 404 404 404 404 404 404 200
POST   /admin/erasures/<erasure_id>/withdraw                 erasure       404 404 404 404 404 404 404 404 404 422
GET    /admin/people/<person_id>/erase                       person        302 403 403 403 403 403 403 403 403 200
POST   /admin/people/<person_id>/erase                       person        302 403 403 403 403 403 403 403 403 422
# Imports: coordinators into their group alone; each importer sees the own ones, administrators all
GET    /imports                                               -             302 403 403 403 403 200 200 403 403 200
GET    /imports/<kind>/template                               import-kind   302 403 403 403 403 200 200 403 403 200
GET    /imports/people/new                                    -             302 403 403 403 403 403 403 403 403 200
POST   /imports/people/new                                    -             302 403 403 403 403 403 403 403 403 422
GET    /imports/memberships/new                               -             302 403 403 403 403 403 403 403 403 200
POST   /imports/memberships/new                               -             302 403 403 403 403 403 403 403 403 422
GET    /groups/<slug>/members/import                          group         302 403 403 403 403 200 403 403 403 200
POST   /groups/<slug>/members/import                          group         302 403 403 403 403 422 403 403 403 422
GET    /imports/<import_id>                                   import        302 404 404 404 404 200 404 404 404 200
GET    /imports/<import_id>/progress                          import        302 404 404 404 404 200 404 404 404 200
POST   /imports/<import_id>/choices                           new-import    302 404 404 404 404 303 404 404 404 303
POST   /imports/<import_id>/confirm                           import        302 404 404 404 404 422 404 404 404 422
POST   /imports/<import_id>/cancel                            new-import    302 404 404 404 404 303 404 404 404 303

# In development only
GET    /dev/mail                                              -             200 200 200 200 200 200 200 200 200 200
GET    /dev/mail/<name>                                       mail-file     200 200 200 200 200 200 200 200 200 200
"""

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    method: str
    route: str
    subject: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.subject}"


def read(table: str) -> list[Line]:
    """The lines of the table; those that begin with # are headings."""
    lines = []
    for text in table.strip().splitlines():
        if text.strip() and not text.lstrip().startswith("#"):
            method, route, subject, *answers = text.split()
            assert len(answers) == len(ROLES), f"a number of answers that is not that of the roles: {text}"
            lines.append(Line(method, route, subject, dict(zip(ROLES, map(int, answers), strict=True))))
    return lines


LINES = read(TABLE)


@dataclass
class World:
    """A group, an association, people in every role to them, and what the routes can name."""

    app: Flask
    people: dict[str, int] = field(default_factory=dict)
    """{role: person id}; none for visitors."""
    subjects: dict[str, Callable[[], dict[str, object]]] = field(default_factory=dict)
    """{name: what makes the parts of an address}; what requests use up is made anew each time."""
    cookies: dict[str, str] = field(default_factory=dict)
    """{role: the session of someone who has signed in}, until a form is sent: one signs out everywhere."""

    def client(self, role: str) -> FlaskClient:
        """A browser in which someone of that role is signed in."""
        client = self.app.test_client()
        if role in self.people:
            if role not in self.cookies:
                self.cookies[role] = self.sign_in(role)
            client.set_cookie("roundtable", self.cookies[role])
        return client

    def sign_in(self, role: str) -> str:
        """A session of that role, as its cookie."""
        account = db.session.scalars(select(Account).where(Account.person_id == self.people[role])).one()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{account.id}:{account.session_epoch}"
        db.session.rollback()
        cookie = client.get_cookie("roundtable")
        assert cookie
        return cookie.value

    def answer(self, role: str, method: str, route: str, subject: str) -> int:
        """The status that this role gets."""
        parts = self.subjects[subject]()
        path = re.sub(r"<(\w+)>", lambda part: str(parts[part[1]]), route)
        with self.client(role).open(path, method=method) as answer:
            if method == "POST":
                self.cookies.pop(role, None)
            return answer.status_code


@pytest.fixture(scope="module")
def world(_app: Flask) -> Iterator[World]:
    """One for all lines: nothing that they do changes what a later one gets."""
    _app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    with _app.app_context(), time_machine.travel(NOW):
        yield make_world(_app)
        empty_all_tables()
    _app.config["WTF_CSRF_CHECK_DEFAULT"] = True


def make_world(app: Flask) -> World:
    """Everything in it, in an empty database."""
    world = World(app)
    own, other, third = make_association("OWN"), make_association("OTHER"), make_association("THIRD")
    people: dict[str, Person] = {
        "exp": make_account("Expert", association=third),
        "mem": make_account("Member", association=own),
        "cha": make_account("Chair", association=third),
        "vic": make_account("Vice-chair", association=third),
        "coo": make_account("Coordinator"),
        "co2": make_account("Coordinator of another group"),
        "foc": speaker("Focal point", own),
        "fo2": speaker("Focal point of another association", other),
        "adm": make_account("Administrator", administrator=True),
    }
    world.people = {role: person.id for role, person in people.items()}
    community = make_community("climate")
    group = make_group("heat", coordinators=(people["coo"],), community=community, seats_member=50)
    make_group("water", coordinators=(people["co2"],))
    db.session.add_all(
        [
            Address(kind="group", slug="warmth", target_id=group.id),
            Address(kind="community", slug="weather", target_id=community.id),
            Address(kind="association", slug="FORMERLY", target_id=own.id),
        ]
    )
    db.session.commit()
    request = make_membership(group, people["exp"], State.REQUESTED, third)
    seat = make_membership(group, people["mem"], association=own)
    make_membership(group, people["cha"], association=third, role=Role.CHAIR)
    make_membership(group, people["vic"], association=third, role=Role.VICE_CHAIR)
    make_photo(people["mem"], Audience.MEMBERS)
    make_photo(people["cha"])
    make_keyword("waste")
    room_id = make_room().id
    public = make_meeting(group, datetime(2026, 12, 10, 10), join_link="https://meet.example/x")
    inside = make_meeting(group, datetime(2026, 12, 11, 10), visibility=Visibility.MEMBERS)
    series = make_series(group)
    closed = make_series(group, datetime(2027, 3, 4, 10), visibility=Visibility.MEMBERS)
    cancelled = make_meeting(group, datetime(2026, 12, 12, 10))
    cancel_meeting(cancelled.id, "Too few", actor_id=None)
    milestone, inner = make_milestone(group), make_milestone(group, visibility=Visibility.MEMBERS)
    dropped = make_milestone(group)
    drop(dropped.id, None, actor_id=None)
    day = datetime(2026, 12, 13, 10)
    of_chairs = make_meeting(group, day, visibility=Visibility.CHAIRS)
    mine = Company(person_ids=frozenset({people["mem"].id}))
    of_named = make_meeting(group, day, visibility=Visibility.NAMED, company=mine)
    water = db.session.scalars(select(WorkingGroup).where(WorkingGroup.slug == "water")).one()
    asked = make_meeting(water, day, visibility=Visibility.MEMBERS, company=Company(group_ids=frozenset({group.id})))
    task_force = make_task_force(group.id, "Drafting", [people["mem"].id], actor_id=None)
    affiliation = db.session.scalars(select(Affiliation).where(Affiliation.person_id == people["mem"].id)).one()
    ids = {
        "request": request.id, "seat": seat.id, "group": group.id, "public": public.reference,
        "series": series.reference, "closed": closed.reference, "recurring": series.meetings[0].reference,
        "inside": inside.reference, "cancelled": cancelled.reference, "affiliation": affiliation.id,
        "milestone": milestone.reference, "inner": inner.reference, "dropped": dropped.reference,
        "of-chairs": of_chairs.reference, "of-named": of_named.reference, "asked": asked.reference,
        "task-force": task_force.id, "own": own.id,
        "unendorsed": make_membership(group, make_person(), State.TO_ENDORSE, own).id,
        "nominated": make_membership(group, make_person(), State.NOMINATED, own).id,
        "line": make_membership(group, make_person(), State.WAITING, own).id,
        "erasure": make_erasure(make_person()).id,
        "dated": make_membership(group, make_person(), association=own, ends_on=date(2029, 1, 4)).id,
        "shown": make_person("Shown", biography="About me", biography_audience=Audience.PUBLIC).id,
    }  # fmt: skip
    with write():
        put_in_force(NOW - timedelta(days=9), date(2026, 11, 15))
    service.save_draft(Kind.CONDUCT, {"en": "Be kind.", "fr": "Soyez aimables."}, again=True, version=0, actor_id=None)
    call, decided = make_call(group), make_call(group, CallState.DECIDED, reserve_until=in_days(9))
    ids |= {
        "call": call.id, "draft-call": make_call(group, CallState.DRAFT).id, "decided": decided.id,
        "closed-call": make_call(group, CallState.CLOSED).id,
        "applied": make_candidacy(call, make_person(), Standing.TO_ENDORSE, own).id,
        "standing": make_candidacy(call, people["exp"], association=third).id,
    }  # fmt: skip
    facts = {"closes": datetime(2027, 1, 20, 12), "actor_id": people["coo"].id}
    poll = make_poll(group, **facts)  # type: ignore[arg-type]
    named = make_poll(group, named=True, people=(people["mem"].id,), **facts)  # type: ignore[arg-type]
    ids |= {
        "poll": poll.reference, "named-poll": named.reference,
        "delegation": make_delegate(people["mem"], people["exp"]).id,
    }  # fmt: skip
    numbers = count()

    def fresh_request() -> dict[str, object]:
        found = db.session.get_one(type(group), ids["group"])
        return {"membership_id": make_membership(found, make_person(), State.REQUESTED).id}

    def fresh(state: State, **values: Callable[[], str]) -> Callable[[], dict[str, object]]:
        """One of the association OWN, in a state that is used up."""

        def make() -> dict[str, object]:
            found = db.session.get_one(type(group), ids["group"])
            association = db.session.get_one(Association, ids["own"])
            person = make_person(**{name: value() for name, value in values.items()})  # type: ignore[arg-type]
            return {"membership_id": make_membership(found, person, state, association).id}

        return make

    def fresh_candidacy(call_name: str, state: Standing) -> Callable[[], dict[str, object]]:
        """Someone of the association OWN who stands for a call."""

        def make() -> dict[str, object]:
            found = db.session.get_one(Call, ids[call_name])
            association = db.session.get_one(Association, ids["own"])
            return {"candidacy_id": make_candidacy(found, make_person(), state, association).id}

        return make

    def fresh_import() -> dict[str, object]:
        item = Import(
            kind="memberships", group_id=ids["group"], importer_id=world.people["coo"], language="en",
            filename="list.csv", state="preview", created_at=clock.now(), moved_at=clock.now(),
        )  # fmt: skip
        db.session.add(item)
        db.session.commit()
        return {"import_id": item.id}

    def fresh_task_force() -> dict[str, object]:
        made = make_task_force(ids["group"], f"Drafting {next(numbers)}", [world.people["mem"]], actor_id=None)
        return {"task_force_id": made.id}

    def fresh_asked() -> dict[str, object]:
        host = db.session.scalars(select(WorkingGroup).where(WorkingGroup.slug == "water")).one()
        joint = Company(group_ids=frozenset({ids["group"]}))
        made = make_meeting(host, datetime(2026, 12, 14, 10), visibility=Visibility.MEMBERS, company=joint)
        return {"reference": made.reference, "slug": "heat"}

    kept_import = fresh_import()

    def fresh_secret() -> dict[str, object]:
        for one in calendars.secrets_of(world.people["mem"]):
            secrets.take_back(one.id, world.people["mem"])
        made, secret = secrets.make(world.people["mem"], FeedKind.MINE, None, "phone", "", uuid.uuid4().hex)
        return {"secret_id": made.id, "secret": secret}

    def fresh_band(group_id: int | None = None) -> dict[str, object]:
        return {"band_id": make_band(group_id=group_id).id}

    kept_bands = fresh_band(), fresh_band(ids["group"])
    kept_absence = make_absence(people["mem"]).id

    def fresh_mail() -> dict[str, object]:
        now = clock.now()
        mail = OutboxMessage(
            message_id=f"<{next(numbers)}@localhost>", recipient="a@example.org", language="en", subject="s",
            text="t", html="h", state=FAILED, attempts=9, created_at=now, next_attempt_at=now,
        )  # fmt: skip
        db.session.add(mail)
        db.session.commit()
        return {"message_id": mail.id}

    def letter() -> dict[str, object]:
        folder = app.config["ROUNDTABLE"].mail_folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "policy.eml").write_bytes(b"Subject: s\r\nTo: a@example.org\r\n\r\nt\r\n")
        return {"name": "policy"}

    world.subjects = {
        "-": lambda: {},
        "group": lambda: {"slug": "heat"},
        "community": lambda: {"slug": "climate"},
        "association": lambda: {"code": "OWN"},
        "public": lambda: {"reference": ids["public"]},
        "series": lambda: {"reference": ids["series"]},
        "closed": lambda: {"reference": ids["closed"]},
        "recurring": lambda: {"reference": ids["recurring"]},
        "inside": lambda: {"reference": ids["inside"]},
        "cancelled": lambda: {"reference": ids["cancelled"]},
        "milestone": lambda: {"reference": ids["milestone"]},
        "inner": lambda: {"reference": ids["inner"]},
        "dropped": lambda: {"reference": ids["dropped"]},
        "of-chairs": lambda: {"reference": ids["of-chairs"]},
        "of-named": lambda: {"reference": ids["of-named"]},
        "asked": lambda: {"reference": ids["asked"], "slug": "heat"},
        "new-asked": fresh_asked,
        "task-force": lambda: {"task_force_id": ids["task-force"]},
        "new-task-force": fresh_task_force,
        "request": lambda: {"membership_id": ids["request"]},
        "new-request": fresh_request,
        "seat": lambda: {"membership_id": ids["seat"]},
        "unendorsed": lambda: {"membership_id": ids["unendorsed"]},
        "new-unendorsed": fresh(State.TO_ENDORSE),
        "new-seat": fresh(State.ACTIVE, email=lambda: f"seat{next(numbers)}@example.org"),
        "terms": lambda: {"kind": "conduct", "number": 1},
        "terms-draft": lambda: {"kind": "conduct", "number": 2},
        "terms-other": lambda: {"kind": "mandate", "number": 2},
        "nominated": lambda: {"membership_id": ids["nominated"]},
        "new-nominated": fresh(State.NOMINATED),
        "line": lambda: {"membership_id": ids["line"]},
        "new-line": fresh(State.WAITING),
        "dated": lambda: {"membership_id": ids["dated"]},
        "colleague": lambda: {"code": "OWN", "person_id": world.people["mem"]},
        "call": lambda: {"call_id": ids["call"]},
        "draft-call": lambda: {"call_id": ids["draft-call"]},
        "closed-call": lambda: {"call_id": ids["closed-call"]},
        "applied": lambda: {"candidacy_id": ids["applied"]},
        "new-applied": fresh_candidacy("call", Standing.TO_ENDORSE),
        "standing": lambda: {"candidacy_id": ids["standing"]},
        "new-reserve": fresh_candidacy("decided", Standing.RESERVE),
        "poll": lambda: {"reference": ids["poll"]},
        "named-poll": lambda: {"reference": ids["named-poll"]},
        "mems-place": lambda: {"reference": ids["poll"], "person_id": world.people["mem"]},
        "chairs-place": lambda: {"reference": ids["poll"], "person_id": world.people["cha"]},
        "delegation": lambda: {"delegation_id": ids["delegation"]},
        "import": lambda: kept_import,
        "new-import": fresh_import,
        "absence": lambda: {"absence_id": kept_absence},
        "new-absence": lambda: {"absence_id": make_absence(db.session.get_one(Person, world.people["mem"])).id},
        "new-calendar": lambda: {
            "calendar_id": make_calendar(db.session.get_one(Person, world.people["mem"]), from_file=True).id
        },
        "new-secret": fresh_secret,
        "band": lambda: kept_bands[0],
        "group-band": lambda: kept_bands[1],
        "new-band": fresh_band,
        "import-kind": lambda: {"kind": "people"},
        "place": lambda: {"slug": "heat", "code": "OWN"},
        "file": lambda: {"kind": "csv"},
        "coordinator": lambda: {"slug": "heat", "person_id": world.people["coo"]},
        "person": lambda: {"person_id": world.people["mem"]},
        "applicant": lambda: {"person_id": world.people["exp"]},
        "chair": lambda: {"person_id": world.people["cha"]},
        "shown": lambda: {"person_id": ids["shown"]},
        "keyword": lambda: {"slug": "waste"},
        "room": lambda: {"room_id": room_id},
        "two-people": lambda: {"person_id": world.people["mem"], "other_id": world.people["exp"]},
        "affiliation": lambda: {"affiliation_id": ids["affiliation"]},
        "dead-link": lambda: {"token": "no-longer"},
        "failed-mail": fresh_mail,
        "erasure": lambda: {"erasure_id": ids["erasure"]},
        "mail-file": letter,
        "program": lambda: {"program": "iphone"},
        "style": lambda: {"filename": "css/tokens.css"},
    }
    return world


def speaker(name: str, association: Association) -> Person:
    """Someone who speaks for an association."""
    return make_account(name, association=association, function="focal_point")


def routes(app: Flask) -> set[tuple[str, str]]:
    """(method, route without converters) of all that the application answers to."""
    return {
        (method, re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


@pytest.mark.parametrize("line", LINES, ids=str)
def test_everyone_gets_what_the_table_says(world: World, line: Line) -> None:
    got = {role: world.answer(role, line.method, line.route, line.subject) for role in ROLES}
    assert got == line.expected


def test_every_route_stands_in_the_table(_app: Flask) -> None:
    listed = {(line.method, line.route) for line in LINES}
    assert routes(_app) - listed == set(), "routes that the table does not know"
    assert listed - routes(_app) == set(), "lines for routes that are no more"


def test_no_line_stands_there_twice() -> None:
    assert len({str(line) for line in LINES}) == len(LINES)


def test_every_view_declares_its_permission(_app: Flask) -> None:
    undeclared = [name for name, view in _app.view_functions.items() if not callable(getattr(view, "permission", None))]
    assert undeclared == ["static"]


def test_a_view_without_permission_answers_nobody(_app: Flask) -> None:
    """Not even administrators, and whatever this file says."""
    app = create_app(_app.config["ROUNDTABLE"])
    app.add_url_rule("/undeclared", "undeclared", lambda: "for nobody")
    app.add_url_rule("/declared", "declared", guard(anyone)(lambda: "for all"))
    client = app.test_client()
    assert client.get("/undeclared").status_code == 403
    assert "for nobody" not in client.get("/undeclared").text
    assert client.get("/declared").status_code == 200


def test_head_answers_as_get_does(world: World) -> None:
    for line in LINES:
        if line.method == "GET":
            assert world.answer("mem", "HEAD", line.route, line.subject) == line.expected["mem"], str(line)


def test_other_methods_are_refused(world: World) -> None:
    subjects = {line.route: line.subject for line in LINES}
    known = {(line.method, line.route) for line in LINES}
    for route, subject in subjects.items():
        for method in ("POST", "PUT", "DELETE"):
            if (method, route) not in known:
                assert world.answer("adm", method, route, subject) == 405, f"{method} {route}"


def test_old_names_lead_to_the_present_ones(world: World) -> None:
    """Pages are redirected for good, whatever follows the name; calendars answer directly."""
    old = {"group": ("heat", "warmth"), "community": ("climate", "weather"), "association": ("OWN", "FORMERLY")}
    for line in LINES:
        if line.method != "GET" or line.subject not in old or line.expected["adm"] not in (200, 302):
            continue
        present, former = old[line.subject]
        path = re.sub(r"<(slug|code)>", former, line.route)
        answer = world.client("adm").get(path + "?lang=fr")
        if path.endswith(".ics"):
            assert answer.status_code == 200
        else:
            assert answer.status_code == 301, path
            assert urlsplit(answer.location).path == re.sub(r"<(slug|code)>", present, line.route)
            assert urlsplit(answer.location).query == "lang=fr"


@pytest.mark.parametrize(
    "route", sorted({line.route for line in LINES if "<" in line.route and "/static/" not in line.route})
)
def test_what_is_not_there_is_not_there_for_anyone(world: World, route: str) -> None:
    """Neither an unknown name nor a number beyond all that a database holds breaks anything."""
    for unknown in ("999999", "99999999999999999999", "no-such-thing"):
        path = re.sub(r"<\w+>", unknown, route)
        for method in sorted({line.method for line in LINES if line.route == route}):
            assert world.client("adm").open(path, method=method).status_code in (404, 405, 410), f"{method} {path}"
