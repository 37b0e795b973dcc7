"""Forms of imports."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField

from app.core.forms import BaseForm, FileForm


class UploadForm(FileForm):
    """The file to bring."""

    file = FileField(
        _l("File"), description=_l("CSV or Excel (.xlsx), with the headings in the first row."),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx", "required": True},
    )  # fmt: skip


class ConfirmImportForm(BaseForm):
    """Whether to write it."""

    leave_out = BooleanField(_l("Leave out the faulty rows and write the others"))
    tell = BooleanField(_l("Send a mail to everyone who becomes a member"))
