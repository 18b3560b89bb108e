"""The law in Postgres: the server itself, migrations, queries, publishing, refresh."""
