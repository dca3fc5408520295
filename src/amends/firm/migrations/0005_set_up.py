"""The set-up page: how far a firm is with it. Whoever has mail already is not asked to begin."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def _those_with_mail(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    with_mail = apps.get_model("mail", "Message").objects.using(using).order_by().values("firm").distinct()
    firms = apps.get_model("firm", "Firm").objects.using(using).filter(pk__in=with_mail)
    firms.update(set_up_at=models.F("created_at"), set_up_step=3)


class Migration(migrations.Migration):
    dependencies = [("firm", "0004_access_tokens"), ("mail", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="firm",
            name="set_up_at",
            field=models.DateTimeField(help_text="When somebody went through the set-up page, or left it", null=True),
        ),
        migrations.AddField(
            model_name="firm",
            name="set_up_step",
            field=models.PositiveSmallIntegerField(default=0, help_text="How many of its steps are done"),
        ),
        migrations.RunPython(_those_with_mail, migrations.RunPython.noop),
    ]
