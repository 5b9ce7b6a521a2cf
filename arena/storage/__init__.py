"""The only SQL of the project: tables, migrations and the battle store."""

import sys

# Alembic's template engine takes along what colours source code in error pages, wherever pygments is installed: 5 MB
# that nobody here sees. None reads as "not installed", for which it is prepared.
sys.modules.setdefault("mako.ext.pygmentplugin", None)  # type: ignore[arg-type]
