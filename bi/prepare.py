"""Make Superset's own tables, its user and its dashboards; run again, they are what this project says.

Runs in Superset's own environment, started by `grapevine.superset`. Dashboards that people made themselves stay.
"""

from __future__ import annotations

import os
from pathlib import Path

import flask_migrate
import superset
from superset import appbuilder, db, security_manager
from superset.app import create_app

ASSETS = Path(__file__).parent / "superset"
USER = "admin"


def main() -> None:
    """Bring Superset's tables, user and dashboards up to date."""
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
    # Superset looks for its permissions at the start, when a new database had none of its tables.
    app = create_app()
    with app.app_context():
        from superset.commands.importers.v1.assets import ImportAssetsCommand  # needs the app
        from superset.utils.core import override_user

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        user = _user(os.environ["GRAPEVINE_BI_PASSWORD"])
        with override_user(user):
            ImportAssetsCommand(_assets(os.environ["GRAPEVINE_BI_PUBLISHED"])).run()
            _read_columns()
        db.session.commit()


def _user(password: str) -> object:
    user = security_manager.find_user(username=USER)
    if user:
        security_manager.reset_password(user.id, password)
        return user
    role = security_manager.find_role("Admin")
    return security_manager.add_user(USER, "Grapevine", "Admin", "admin@localhost", role, password)


def _assets(published: str) -> dict[str, str]:
    files = {str(file.relative_to(ASSETS)): file.read_text(encoding="utf-8") for file in sorted(ASSETS.rglob("*.yaml"))}
    database = "databases/grapevine.yaml"
    return {**files, database: files[database].replace("/PUBLISHED", published)}


def _read_columns() -> None:
    from superset.connectors.sqla.models import SqlaTable  # needs the app

    # Types and descriptions come from the published file, whose comments are those of the dbt models.
    for dataset in db.session.query(SqlaTable).all():
        if dataset.database.database_name == "Grapevine":
            dataset.fetch_metadata()


if __name__ == "__main__":
    main()
