"""Access tokens: everybody's own; an administrator sees all of them by name, and may end them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from amends.firm.models import AccessToken
from amends.firm.rules import Scope
from amends.firm.tokens import TokenRefused, make_token, revoke_token, tokens_of
from amends.web.http import clock, member_of
from amends.web.settings.program_forms import SCOPES, TokenForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The member's tokens; a POST makes one and shows its secret, this once."""
    member, now = member_of(request), clock()
    if request.method != "POST":
        return _page(request, TokenForm(member=member))
    form = TokenForm(request.POST, member=member)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        made, secret = make_token(
            member, name=form.cleaned_data["name"], scopes=form.chosen(), now=now, expires_at=form.until(now)
        )
    except TokenRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=422)
    return _page(request, TokenForm(member=member), made=made, secret=secret)


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    try:
        ended = revoke_token(token_id, by=member_of(request), now=clock())
    except AccessToken.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("%(name)s works no more.") % {"name": ended.name})
    return redirect("tokens")


def _page(
    request: HttpRequest, form: TokenForm, *, status: int = 200, made: AccessToken | None = None, secret: str = ""
) -> HttpResponse:
    member, now = member_of(request), clock()
    others = tokens_of().exclude(member=member) if member.is_administrator else tokens_of().none()
    context = {
        "form": form,
        "tokens": [_shown(token) for token in tokens_of(member)],
        "others": [_shown(token) for token in others],
        "made": made,
        "secret": secret,
        "now": now,
    }
    return render(request, "settings/tokens.html", context, status=status)


def _shown(token: AccessToken) -> dict[str, object]:
    known = {str(scope): SCOPES[scope] for scope in Scope}
    return {
        "token": token,
        "may": [known[scope] for scope in token.scopes if scope in known],
        "over": token.expires_at is not None and token.expires_at <= clock(),
    }
