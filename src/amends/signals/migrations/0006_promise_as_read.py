"""What a promise said before it was confirmed, so that taking that back puts it back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0005_promises")]

    operations = [
        migrations.AddField(model_name="promise", name="as_read", field=models.JSONField(null=True)),
    ]
