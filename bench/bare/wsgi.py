"""A bare Flask application, to hold the feeds against: what Flask can do at best."""

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__)
BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


@app.get("/unchanged")
def unchanged() -> tuple[str, int]:
    """Say that nothing has changed."""
    return "", 304


@app.get("/whole")
def whole() -> Response:
    """A calendar's plain bytes, from memory."""
    return Response(BODY, content_type="text/calendar; charset=utf-8")
