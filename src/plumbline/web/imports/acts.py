"""What a person does with an import: confirm, stop, withdraw, give up, and take files of it away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from plumbline.identity.actors import Actor
from plumbline.imports import commands, queries, rejects, stage
from plumbline.imports.batch import commands as batch
from plumbline.imports.choices import commands as choices
from plumbline.imports.opening import rules as opening
from plumbline.imports.remembered import queries as remembered
from plumbline.imports.together import archive
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.kernel.problems import NotFound
from plumbline.web.pages import Permission, page
from plumbline.web.view import parse_int


@page(
    "imports/<slug:handle>/confirm/",
    name="import-confirm",
    title="Write an import",
    method="POST",
    samples=("/imports/{imported}/confirm/",),
)
def confirm(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Have it written: the first rows at once, the rest in the background."""
    shown = queries.job(actor, handle)
    if shown.state != "running":
        commands.confirm(actor, handle)
    stage.advance(handle, in_turn=False)
    shown = queries.job(actor, handle)
    if shown.state == "done":
        text = ngettext(
            "{count} row of {file} was written.", "{count} rows of {file} were written.", shown.written
        )
        messages.success(request, text.format(count=f"{shown.written:,}", file=shown.file_name))
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/stop/",
    name="import-stop",
    title="Stop an import",
    method="POST",
    samples=("/imports/{imported}/stop/",),
)
def stop(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Have it stop where it is; it goes on when somebody says so."""
    batch.stop(actor, handle)
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/assign/",
    name="import-assign",
    title="Assign an import",
    method="POST",
    samples=("/imports/{imported}/assign/",),
)
def assign(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Hand it to a person, such as the second one who confirms it."""
    done = batch.assign(actor, handle, str(request.POST.get("to", "")).strip())
    messages.success(request, gettext("The import was assigned to {name}.").format(name=done.assignee))
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/keep/",
    name="import-keep",
    title="Keep what the file has no longer",
    method="POST",
    samples=("/imports/{imported}/keep/",),
)
def keep(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Keep the chosen records, so that the next edition does not ask again."""
    batch.keep(actor, handle, request.POST.getlist("reference"))
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/choose/",
    name="import-choose",
    title="Keep or take one field",
    method="POST",
    samples=("/imports/{imported}/choose/",),
)
def choose(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Keep what stands in one field of one record, or take what the file says."""
    line, field = parse_int(request.POST.get("line"), 0), str(request.POST.get("field", ""))
    choices.choose(actor, handle, line, field, str(request.POST.get("what", "")))
    outcome = urlencode({"outcome": str(request.POST.get("outcome", "")) or "all"})
    return HttpResponseRedirect(f"{reverse('import', args=[handle])}?{outcome}")


@page(
    "imports/<slug:handle>/again/",
    name="import-again",
    title="Use the map of an earlier import",
    method="POST",
    samples=("/imports/{imported}/again/",),
)
def again(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Plan with the map of the newest import of a file with the same columns, as it is."""
    shown = queries.job(actor, handle)
    found = remembered.of_file(actor, shown.kind, queries.content(actor, handle))
    commands.preview(actor, handle, found.map_text)
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/revise/",
    name="import-revise",
    title="Open revisions of approved records",
    method="POST",
    samples=("/imports/{imported}/revise/",),
)
def revise(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Plan again with the same map, so that approved records get a revision where the file changes them."""
    commands.preview(actor, handle, opening.map_that_opens(queries.job(actor, handle).map_text))
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/withdraw/",
    name="import-withdraw",
    title="Withdraw an import",
    method="POST",
    samples=("/imports/{imported}/withdraw/",),
)
def withdraw(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Take back what it has written and nobody has touched since."""
    done = withdrawal.withdraw(actor, handle)
    text = gettext(
        "{count} records and {links} links were taken back, {staying} records stay as they are, {left} are "
        "left to do."
    )
    counts = {"count": done.taken_back, "links": done.links, "staying": len(done.staying), "left": done.left}
    messages.success(request, text.format(**counts))
    return HttpResponseRedirect(reverse("import", args=[handle]))


@page(
    "imports/<slug:handle>/discard/",
    name="import-discard",
    title="Discard an import",
    method="POST",
    samples=("/imports/{imported}/discard/",),
)
def discard(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """Give the import up; nothing of it was written."""
    commands.discard(actor, handle)
    messages.success(request, "The import was given up. Nothing was written.")
    return HttpResponseRedirect(reverse("imports"))


@page(
    "imports/<slug:handle>/faulty.csv",
    name="import-faulty",
    title="Rows that cannot be imported",
    method="file",
    samples=("/imports/{imported}/faulty.csv",),
)
def faulty_rows(request: HttpRequest, actor: Actor, handle: str) -> HttpResponseBase:
    """The rows that cannot be taken, as CSV with one more column that says why."""
    response = StreamingHttpResponse(
        rejects.faulty_csv(actor, handle), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="faulty-rows.csv"'
    return response


@page(
    "imports/lists-<slug:ending>.zip",
    name="all-lists",
    title="All lists in one file",
    method="file",
    permission=Permission("export", anywhere=True),
    samples=("/imports/lists-csv.zip",),
)
def all_lists(request: HttpRequest, actor: Actor, ending: str) -> HttpResponseBase:
    """Units, people and the records of every kind that one may export, each as a file of a ZIP archive."""
    if ending not in archive.ENDINGS:
        raise NotFound("There is no such file.")
    blocks = archive.blocks(archive.write(actor, ending))
    response = StreamingHttpResponse(blocks, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="lists-{ending}.zip"'
    return response


@page(
    "imports/<slug:handle>/map.yaml",
    name="import-map",
    title="Map of an import",
    method="file",
    samples=("/imports/{imported}/map.yaml",),
)
def map_file(request: HttpRequest, actor: Actor, handle: str) -> HttpResponse:
    """The map of an import, for the next one and for the command line."""
    response = HttpResponse(
        queries.job(actor, handle).map_text, content_type="application/yaml; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="map.yaml"'
    return response
