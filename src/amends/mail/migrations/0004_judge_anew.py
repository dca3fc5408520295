"""The trained model reads what the rules alone have read: all personal mail is judged once more, in the background."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _unjudge(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("mail", "Message").objects.using(schema_editor.connection.alias)
    rows.filter(judged=1, kind="personal", set_aside="").update(judged=0)


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_message_by_kind")]
    operations = [migrations.RunPython(_unjudge, migrations.RunPython.noop)]
