from django.db import migrations, models


class Migration(migrations.Migration):
    """Each result is committed to under a salt of its own, as an event of a segment is."""

    dependencies = [("controls", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="result",
            name="salt",
            field=models.BinaryField(default=b"", help_text="Salt of the commitment to the result's bytes."),
            preserve_default=False,
        ),
    ]
