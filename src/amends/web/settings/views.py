"""Settings of the firm, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends.firm.models import Firm, OwnDomain
from amends.flows.adjust import change_firm
from amends.web.http import member_of
from amends.web.settings.forms import FirmForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The firm's name, domains, working time, currency, and how far back reasons count."""
    member = member_of(request)
    if not member.is_administrator:
        raise PermissionDenied(_("Only an administrator may change the firm's settings. Ask one of yours."))
    firm = Firm.objects.get(pk=member.firm_id)
    domains = OwnDomain.objects.order_by("id").values_list("value", flat=True)
    form = FirmForm(request.POST or None, instance=firm, initial={"domains": "\n".join(domains)})
    if request.method == "POST" and form.is_valid():
        anew = change_firm(form.save(commit=False), domains=form.cleaned_data["domains"])
        messages.success(request, _("Saved. Your mail is being looked through again.") if anew else _("Saved."))
        return redirect("settings")
    status = 422 if request.method == "POST" else 200
    return render(request, "settings/page.html", {"form": form, "firm": member.firm}, status=status)
