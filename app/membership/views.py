"""Views of the feature's own actions."""

from flask import Blueprint

bp = Blueprint("membership", __name__)
