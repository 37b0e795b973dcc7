"""Forms of imports."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField

from app.core.forms import BaseForm


class UploadForm(BaseForm):
    """The file to bring."""

    file = FileField(
        _l("File"), description=_l("CSV or Excel (.xlsx), with the headings in the first row."),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx", "required": True},
    )  # fmt: skip

    class Meta(BaseForm.Meta):
        """Files come with the form's own data."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """As Flask-WTF does it: this form is there to take a file."""
            return super(BaseForm.Meta, self).wrap_formdata(form, formdata)

    def validate(self, extra_validators: Any = None) -> bool:
        """There has to be a file."""
        good = super().validate(extra_validators)
        if not isinstance(self.file.data, FileStorage) or not self.file.data.filename:
            self.file.errors = [_("Choose a file.")]
            return False
        return bool(good)


class ConfirmImportForm(BaseForm):
    """Whether to write it."""

    leave_out = BooleanField(_l("Leave out the faulty rows and write the others"))
    tell = BooleanField(_l("Send a mail to everyone who becomes a member"))
