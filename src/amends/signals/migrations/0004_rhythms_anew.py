"""What was learned of rhythms lacks what is asked of it now; it is learned again when it is first needed."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _forget(apps: Any, schema_editor: Any) -> None:
    apps.get_model("signals", "RhythmPrior").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("signals", "0003_tone_and_vectors")]
    operations = [migrations.RunPython(_forget, migrations.RunPython.noop)]
