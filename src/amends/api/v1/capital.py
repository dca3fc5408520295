"""The ledger: a client's statement, and every balance."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from amends.api.door import Bearer, firm_of, member_of, now_of, reader_of
from amends.api.v1.parts import answers
from amends.api.v1.schemas.capital import PortfolioOut, StatementOut
from amends.api.v1.schemas.common import Day
from amends.firm.rules import Right, Scope, may
from amends.insights.capital.portfolio import portfolio
from amends.insights.capital.statement import statement_of

router = Router(tags=["Capital"])
READ = Bearer(Scope.READ_CAPITAL)


@router.get(
    "/clients/{uuid:client_id}/statement", auth=READ, response=answers(StatementOut, 404), summary="A statement"
)
def get_statement(
    request: HttpRequest,
    client_id: uuid.UUID,
    first: Annotated[Day | None, Query(None, alias="from", description="Its first day; else three whole months back")],
    last: Annotated[Day | None, Query(None, alias="to", description="Its last day; else today")],
) -> StatementOut:
    """Opening, every posting, what faded, closing: these add up to the hundredth. Days are those of UTC.

    What rests on mail that you may not read has no id and no words.
    """
    found = statement_of(reader_of(request), client_id, now=now_of(request), first=first, last=last)
    return StatementOut.of(found)


@router.get("/portfolio", auth=READ, response=answers(PortfolioOut), summary="Every balance")
def get_portfolio(request: HttpRequest) -> PortfolioOut:
    """Every client with their balance; yearly values where your role sees money."""
    see_money = may(member_of(request).role, Right.SEE_MONEY)
    return PortfolioOut.of(portfolio(firm_of(request), now=now_of(request), see_money=see_money, sort="name"))
