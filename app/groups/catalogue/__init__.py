"""The catalogue: files that communities, working groups and associations are loaded from, again and again.

entries    what files say, line by line; and what is wrong with them
yaml_file  communities and groups
csv_file   associations
reading    files of either kind into one checked catalogue; pure
merging    what to change where the catalogue, its last state and the site differ; pure
loading    the catalogue into the database, in one transaction
report     what was added, changed and left
"""

from app.groups.catalogue.entries import Malformed
from app.groups.catalogue.loading import OWN_FILES, load_files
from app.groups.catalogue.report import Report

__all__ = ["OWN_FILES", "Malformed", "Report", "load_files"]
