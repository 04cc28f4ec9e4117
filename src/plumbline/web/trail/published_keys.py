"""The public keys at an address of their own, for auditors who have no account here."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from plumbline.identity.organization import queries as organization
from plumbline.trail import keys
from plumbline.web.pages import public_page

TEXT = """# Keys of the trail of {organization}, as C2SP writes them. Compare them with what you were given by
# another way: this address is no proof of itself.
# log: signs checkpoints; this is what verify.py takes as --key
{log}
# recovery: kept on paper; announces a new log key should this one be lost
{recovery}
"""


@public_page("keys.txt", name="published-keys", title="Public keys of the trail", method="file")
def published_keys(request: HttpRequest) -> HttpResponse:
    """The log's verifier key and the public half of the recovery key, as text."""
    signers = keys.load(settings.PLUMBLINE.data)
    text = TEXT.format(
        organization=" ".join(organization.current().organization.split()),
        log=signers.log.verifier,
        recovery=signers.history.recovery or "# not named by the trail",
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
