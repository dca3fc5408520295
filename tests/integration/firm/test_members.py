"""Invitations, roles, the last administrator, links, and what ends when somebody leaves."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from amends.firm import members, totp
from amends.firm.members import AlreadyMember, LastAdministrator, NoLongerAdministrator, NotActive, NotInvited
from amends.firm.models import AuditEntry, Firm, Member, OneTimeLink, Purpose, Role
from amends.firm.scope import firm_scope
from amends.firm.sign_in import (
    INVITATION_LASTS,
    AddressTaken,
    LinkNotValid,
    accept_invitation,
    enter_by_link,
    make_link,
    peek_link,
    reset_password,
)
from amends.firm.two_factor import has_two_factor, new_codes, turn_on
from amends.flows.set_up import found_firm

PASSWORD = "twelve seams in a bowl"


def _join(email: str, role: Role, now: datetime) -> Member:
    return Member.objects.create_member(email=email, name=email.partition("@")[0].title(), role=role, now=now)


def _deeds() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("did", "about"))


def test_somebody_is_invited_and_joins_once(member: Member, now: datetime) -> None:
    _, token = members.invite(" Sam@Studio.example", name="Sam", role=Role.PARTNER, by=member, now=now)
    link = peek_link(token, now=now)
    assert (link.invited, link.name, link.role, link.made_by) == ("sam@studio.example", "Sam", "partner", member)
    joined = accept_invitation(link, name="Sam Rook", password=PASSWORD, now=now)
    assert (joined.email, joined.name, joined.role) == ("sam@studio.example", "Sam Rook", "partner")
    assert joined.check_password(PASSWORD)
    with pytest.raises(LinkNotValid):
        accept_invitation(link, name="Sam again", password=PASSWORD, now=now)
    with pytest.raises(LinkNotValid):
        peek_link(token, now=now)
    assert _deeds() == [("member.invited", "sam@studio.example"), ("member.joined", "sam@studio.example")]


def test_an_invitation_runs_out(member: Member, now: datetime) -> None:
    _, token = members.invite("sam@studio.example", name="", role=Role.STAFF, by=member, now=now)
    link = peek_link(token, now=now + INVITATION_LASTS - timedelta(seconds=1))
    for ask in (
        lambda: peek_link(token, now=now + INVITATION_LASTS),
        lambda: accept_invitation(link, name="Sam", password=PASSWORD, now=now + INVITATION_LASTS),
    ):
        with pytest.raises(LinkNotValid):
            ask()
    assert not Member.objects.filter(email="sam@studio.example").exists()


def test_inviting_again_replaces_the_link_and_withdrawing_ends_it(member: Member, now: datetime) -> None:
    invitation, first = members.invite("sam@studio.example", name="", role=Role.STAFF, by=member, now=now)
    invitation, second = members.invite_again(invitation, by=member, now=now)
    with pytest.raises(LinkNotValid):
        peek_link(first, now=now)
    _, third = members.invite("sam@studio.example", name="", role=Role.PARTNER, by=member, now=now)
    with pytest.raises(LinkNotValid):
        peek_link(second, now=now)
    assert OneTimeLink.objects.count() == 1
    link = peek_link(third, now=now)
    members.withdraw(link, by=member, now=now)
    with pytest.raises(LinkNotValid):
        accept_invitation(link, name="Sam", password=PASSWORD, now=now)
    with pytest.raises(NotInvited):
        members.withdraw(link, by=member, now=now)
    with pytest.raises(NotInvited):
        members.invite_again(link, by=member, now=now)


def test_who_is_here_is_not_invited(member: Member, now: datetime) -> None:
    sam = _join("sam@studio.example", Role.STAFF, now)
    with pytest.raises(AlreadyMember, match="They are a member"):
        members.invite("SAM@studio.example", name="", role=Role.STAFF, by=member, now=now)
    members.deactivate(sam, by=member, now=now)
    with pytest.raises(AlreadyMember, match="reactivate"):
        members.invite("sam@studio.example", name="", role=Role.STAFF, by=member, now=now)


def test_two_firms_may_invite_the_same_person_who_joins_one(firm: Firm, member: Member, now: datetime) -> None:
    """Two firms may even have the same own domain; an invitation leads into the firm that made it, and no other."""
    other = found_firm(["studio.example"], now=now, name="Studio of the same domain")
    _, ours = members.invite("sam@studio.example", name="", role=Role.STAFF, by=member, now=now)
    with firm_scope(other):
        boss = _join("boss@elsewhere.example", Role.ADMINISTRATOR, now)
        _, theirs = members.invite("sam@studio.example", name="", role=Role.ADMINISTRATOR, by=boss, now=now)
    link = peek_link(theirs, now=now)
    sam = accept_invitation(link, name="Sam", password=PASSWORD, now=now)
    assert sam.firm_id == other.pk
    assert not Member.objects.filter(email="sam@studio.example").exists()
    with pytest.raises(AddressTaken):
        accept_invitation(peek_link(ours, now=now), name="Sam", password=PASSWORD, now=now)
    assert peek_link(ours, now=now)  # refused whole: the link is not used up
    with firm_scope(other):
        assert Member.objects.get(email="sam@studio.example").role == Role.ADMINISTRATOR


def test_the_last_administrator_stays(member: Member, now: datetime) -> None:
    with pytest.raises(LastAdministrator):
        members.deactivate(member, by=member, now=now)
    with pytest.raises(LastAdministrator):
        members.change_role(member, Role.PARTNER, by=member, now=now)
    jo = _join("jo@studio.example", Role.ADMINISTRATOR, now)
    members.deactivate(jo, by=member, now=now)
    with pytest.raises(LastAdministrator):  # one who may not enter does not count
        members.change_role(member, Role.STAFF, by=member, now=now)
    members.reactivate(jo, by=member, now=now)
    members.change_role(member, Role.STAFF, by=member, now=now)
    assert Member.objects.get(pk=member.pk).role == Role.STAFF
    with pytest.raises(NoLongerAdministrator):
        members.invite("x@studio.example", name="", role=Role.STAFF, by=member, now=now)
    assert ("member.role_changed", "ada@studio.example") in _deeds()


def test_the_command_line_obeys_the_same(member: Member, now: datetime) -> None:
    with pytest.raises(LastAdministrator):
        members.deactivate(member, by=None, now=now)


def test_who_was_demoted_meanwhile_demotes_nobody(member: Member, now: datetime) -> None:
    """As it looks to the second of two who remove each other: what their request knew of them is out of date."""
    jo = _join("jo@studio.example", Role.ADMINISTRATOR, now)
    known = Member.objects.get(pk=jo.pk)
    members.change_role(jo, Role.STAFF, by=member, now=now)
    with pytest.raises(NoLongerAdministrator):
        members.change_role(member, Role.STAFF, by=known, now=now)
    assert Member.objects.get(pk=member.pk).role == Role.ADMINISTRATOR


@pytest.mark.skipif(
    os.environ.get("AMENDS_TEST_DATABASE") != "postgresql",
    reason="SQLite's test database is one connection; there, IMMEDIATE transactions follow each other anyhow",
)
@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_each_other_one_wins(
    transactional_db: None, firm: Firm, member: Member, now: datetime
) -> None:
    jo = _join("jo@studio.example", Role.ADMINISTRATOR, now)
    both_there, came = threading.Barrier(2), []

    def demote(target: Member, by: Member) -> None:
        try:
            with firm_scope(firm):
                both_there.wait(10)
                members.change_role(target, Role.STAFF, by=by, now=now)
                came.append("done")
        except (NoLongerAdministrator, LastAdministrator) as error:
            came.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((jo, member), (member, jo))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(came) == ["NoLongerAdministrator", "done"]
    assert Member.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_whoever_is_deactivated_has_no_link_left(member: Member, now: datetime) -> None:
    sam = _join("sam@studio.example", Role.STAFF, now)
    tokens = [make_link(sam, now=now), members.reset_link(sam, by=member, now=now)]
    members.deactivate(sam, by=member, now=now)
    members.reactivate(sam, by=member, now=now)
    for token in tokens:
        with pytest.raises(LinkNotValid):
            peek_link(token, now=now)
    members.deactivate(sam, by=member, now=now)
    with pytest.raises(NotActive):
        members.reset_link(sam, by=member, now=now)


def test_a_link_is_good_for_what_it_was_made_for_only(member: Member, now: datetime) -> None:
    sign_in = peek_link(make_link(member, now=now), now=now)
    reset = peek_link(make_link(member, now=now, purpose=Purpose.RESET), now=now)
    with pytest.raises(LinkNotValid):
        reset_password(sign_in, password=PASSWORD, now=now)
    with pytest.raises(LinkNotValid):
        enter_by_link(reset, now=now)
    assert OneTimeLink.objects.filter(used_at=None).count() == 2


def test_a_new_password_ends_sessions_and_links(member: Member, now: datetime) -> None:
    before = member.get_session_auth_hash()
    other = make_link(member, now=now)
    link = peek_link(make_link(member, now=now, purpose=Purpose.RESET), now=now)
    reset_password(link, password=PASSWORD, now=now)
    fresh = Member.objects.get(pk=member.pk)
    assert fresh.check_password(PASSWORD)
    assert fresh.get_session_auth_hash() != before
    with pytest.raises(LinkNotValid):
        peek_link(other, now=now)
    with pytest.raises(LinkNotValid):
        reset_password(link, password="another long one", now=now)


def test_an_administrator_takes_a_lost_second_step(member: Member, now: datetime) -> None:
    secret = totp.new_secret()
    sam = _join("sam@studio.example", Role.STAFF, now)
    codes = turn_on(sam, secret, totp.code_of(secret, totp.step_at(now)), now=now)
    assert len(codes) == 10
    before = sam.get_session_auth_hash()
    members.take_two_factor(sam, by=member, now=now)
    assert not has_two_factor(sam)
    assert Member.objects.get(pk=sam.pk).get_session_auth_hash() != before
    assert new_codes(sam, now=now)
    assert ("two_factor.taken_away", "sam@studio.example") in _deeds()
