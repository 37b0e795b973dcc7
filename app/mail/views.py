"""Views of the feature's own actions."""

from flask import Blueprint

bp = Blueprint("mail", __name__)
