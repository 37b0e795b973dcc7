"""Views of the feature's own actions."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)
