"""Read by Alembic: runs the migrations inside the connection and the transaction that ``upgrade`` opened.

To change the tables: change rows.py, copy the last file of ``versions`` to the next number and write the step
from one to the other. A test compares the result with rows.py.
"""

from alembic import context

from arena.storage.rows import TableRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TableRow.metadata,
    render_as_batch=True,  # SQLite changes a constraint by rebuilding its table
)
with context.begin_transaction():
    context.run_migrations()
