"""The only SQL of the project: tables, migrations and the battle store."""
