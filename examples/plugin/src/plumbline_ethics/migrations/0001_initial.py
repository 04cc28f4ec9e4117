import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clauses", "0001_initial_2"),
        ("records", "0001_initial_2"),
    ]

    operations = [
        migrations.CreateModel(
            name="EthicsReview",
            fields=[
                (
                    "record_ptr",
                    models.OneToOneField(
                        editable=False,
                        help_text="The row of the base table.",
                        on_delete=django.db.models.deletion.PROTECT,
                        parent_link=True,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="records.record",
                        verbose_name="base record",
                    ),
                ),
                (
                    "question",
                    models.TextField(help_text="What the board was asked.", verbose_name="question"),
                ),
                (
                    "conclusion",
                    models.CharField(
                        choices=[
                            ("supported", "Supported"),
                            ("with conditions", "Supported with conditions"),
                            ("not supported", "Not supported"),
                        ],
                        help_text="What the board said.",
                        max_length=24,
                        verbose_name="conclusion",
                    ),
                ),
                (
                    "held_on",
                    models.DateField(
                        blank=True, help_text="Day of the meeting.", null=True, verbose_name="held on"
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        help_text="The system that was looked at.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ethics_reviews",
                        to="clauses.aisystem",
                        verbose_name="AI system",
                    ),
                ),
            ],
            options={
                "verbose_name": "ethics review",
                "verbose_name_plural": "ethics reviews",
            },
            bases=("records.record",),
        ),
    ]
