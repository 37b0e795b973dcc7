"""Bringing a file, with a template and a description of its columns."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import language
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard
from app.core.settings import settings
from app.core.tables import download
from app.core.tables.incoming import megabytes
from app.core.tables.model import Column, Table
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.imports import exports, policy, queries, service, words
from app.imports.columns import FIELDS
from app.imports.forms import UploadForm
from app.imports.rules import ImportKind
from app.imports.service.bringing import limits
from app.imports.views.blueprint import bp, uploads
from app.membership.policy import find_or_visit
from app.people.exporting import downloads, hand_out


@bp.get("/imports")
@downloads
@guard(policy.use_imports)
def imports() -> ResponseReturnValue:
    """One's imports, for administrators all, and the ways to begin another."""
    viewer = current_viewer()
    importer_id = None if viewer.is_administrator else viewer.person_id
    if wanted := download.asked():
        return hand_out(exports.imports(queries.brought(importer_id)), wanted, "imports", noted="imports")
    page = queries.page_of(importer_id, page_number(request.args.get("page")))
    coordinated = groups_policy.coordinated(viewer)
    return render_template(
        "imports/imports.html",
        page=page,
        groups=groups.groups(coordinated) if coordinated else [],
        everything=policy.import_everything(viewer),
        kept=limits_in_words()["kept"],
        downloads=download.links(),
    )


@bp.route("/imports/people/new", methods=["GET", "POST"])
@uploads
@guard(policy.import_everything)
def import_people() -> ResponseReturnValue:
    """Bring a file of people."""
    return _bring(ImportKind.PEOPLE, None)


@bp.route("/imports/memberships/new", methods=["GET", "POST"])
@uploads
@guard(policy.import_everything)
def import_memberships() -> ResponseReturnValue:
    """Bring a file of memberships of any groups."""
    return _bring(ImportKind.MEMBERSHIPS, None)


@bp.route("/groups/<slug>/members/import", methods=["GET", "POST"])
@uploads
@guard(policy.import_into, of=groups.group_at, sees=find_or_visit)
def import_members(group: WorkingGroup) -> ResponseReturnValue:
    """Bring a file of memberships of one group."""
    return _bring(ImportKind.MEMBERSHIPS, group)


@bp.get("/imports/<any(people,memberships):kind>/template")
@guard(policy.use_imports)
def template(kind: str) -> ResponseReturnValue:
    """An empty table with the headings and an example."""
    wanted = download.asked() or "xlsx"
    fields = FIELDS[ImportKind(kind)]
    name = words.KINDS[ImportKind(kind)]
    table = Table(name, [Column(item.heading) for item in fields], [[item.example for item in fields]])
    return download.send(table, wanted, _("template %(name)s", name=name))[0]


def _bring(kind: ImportKind, group: WorkingGroup | None) -> ResponseReturnValue:
    form = UploadForm()
    viewer = current_viewer()
    if form.validate_on_submit():
        data = form.file.data.stream.read(limits().max_bytes + 1)
        try:
            item = service.upload(
                kind, group.id if group else None, form.file.data.filename, data,
                actor_id=viewer.person_id, language=language(),
            )  # fmt: skip
        except DomainError as error:
            form.blame(error)
        else:
            return redirect(url_for("imports.show", import_id=item.id), 303)
    fields = [item for item in FIELDS[kind] if not (group and item.key == "group")]
    return form_page(form, "imports/upload.html", kind=kind, group=group, fields=fields, **limits_in_words())


def limits_in_words() -> dict[str, object]:
    """How much is taken in and how long it is kept, for pages."""
    config = settings()
    return {
        "size": megabytes(config.import_max_bytes),
        "most": format_decimal(config.import_max_rows),
        "kept": config.import_kept_days,
    }
