"""An import from its check to its end: progress, the preview row by row, what is decided, what was written."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard
from app.core.security import private_page
from app.core.tables import download
from app.imports import exports, policy, queries, service
from app.imports.columns import FIELDS
from app.imports.forms import ConfirmImportForm
from app.imports.models import Import
from app.imports.rules import AT_WORK, SAME, ImportKind, ImportState, RowKind, hindrance
from app.imports.views.blueprint import ONE, bp

CHOICE = "choice-"
"""What the names of fields begin with that decide about a row; its id follows."""


@bp.get(ONE)
@guard(policy.see, of=queries.import_of, sees=policy.knows_of)
def show(item: Import) -> ResponseReturnValue:
    """Where the import stands."""
    private_page()
    if item.state in AT_WORK:
        return render_template("imports/progress.html", item=item)
    if item.state == ImportState.REFUSED:
        return render_template("imports/refused.html", item=item)
    return _rows(item)


@bp.get(f"{ONE}/progress")
@guard(policy.see, of=queries.import_of, sees=policy.knows_of)
def progress(item: Import) -> ResponseReturnValue:
    """The same in numbers, for the script that keeps the bar moving."""
    private_page()
    return jsonify(working=item.state in AT_WORK, state=item.state, done=item.done, total=item.total)


@bp.post(f"{ONE}/choices")
@guard(policy.see, of=queries.import_of, sees=policy.knows_of)
def choose(item: Import) -> ResponseReturnValue:
    """Decide about possible doubles."""
    choices = {
        int(name.removeprefix(CHOICE)): value
        for name, value in request.form.items()
        if name.startswith(CHOICE) and name.removeprefix(CHOICE).isdecimal() and len(name) < 24 and value
    }
    import_id = item.id
    try:
        service.choose(import_id, choices, request.form.get("others"))
    except DomainError as error:
        flash(str(error.message), "error")
    return redirect(url_for("imports.show", import_id=import_id, kind=RowKind.DOUBLE), 303)


@bp.post(f"{ONE}/confirm")
@guard(policy.see, of=queries.import_of, sees=policy.knows_of)
def confirm(item: Import) -> ResponseReturnValue:
    """Have it written."""
    form = ConfirmImportForm()
    import_id = item.id
    if form.validate_on_submit():
        try:
            service.confirm(
                import_id,
                leave_out=bool(form.leave_out.data),
                tell=bool(form.tell.data),
                actor_id=current_viewer().person_id,
            )
        except DomainError as error:
            form.blame(error)
        else:
            return redirect(url_for("imports.show", import_id=import_id), 303)
    item = queries.import_of(import_id) or abort(404)
    return _rows(item, form)


@bp.post(f"{ONE}/cancel")
@guard(policy.see, of=queries.import_of, sees=policy.knows_of)
def cancel(item: Import) -> ResponseReturnValue:
    """Give it up."""
    service.cancel(item.id, current_viewer().person_id)
    flash(_("The import is given up; its file and rows are deleted."), "success")
    return redirect(url_for("imports.imports"), 303)


def _rows(item: Import, form: ConfirmImportForm | None = None) -> ResponseReturnValue:
    """The preview, or what was written: the rows, all or of one kind."""
    asked = request.args.get("kind")
    kind = RowKind(asked) if asked in set(RowKind) else None
    counts: dict[str, int] = {one: item.counts.get(one, 0) for one in RowKind}
    if asked is None and item.state == ImportState.PREVIEW:  # first what there is to do
        kind = next((one for one in (RowKind.DOUBLE, RowKind.FAULTY) if counts[one]), None)
    wanted = download.asked()
    if wanted:
        return download.send(exports.rows(item, kind), wanted, f"import-{item.id}-{kind or 'rows'}")[0]
    form = form or ConfirmImportForm(formdata=None)
    page = queries.row_page(item.id, kind, page_number(request.args.get("page")))
    candidates = queries.persons({number for row in page.items for number in row.candidates})
    fields = FIELDS[ImportKind(item.kind)]
    return render_template(
        "imports/rows.html",
        item=item,
        page=page,
        kind=kind,
        counts=counts,
        total=sum(counts.values()),
        form=form,
        preview=item.state == ImportState.PREVIEW,
        obstacle=hindrance(counts, leave_out=False),
        candidates=candidates,
        fields=fields,
        headings={one.key: one.heading for one in fields},
        choice_name=CHOICE,
        same=SAME,
        viewer_is_administrator=current_viewer().is_administrator,
        downloads=download.links(),
        page_url=lambda number: url_for("imports.show", import_id=item.id, kind=kind or "all", page=number),
    ), 422 if form.errors else 200
