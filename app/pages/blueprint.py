"""The blueprint that all pages hang on."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
