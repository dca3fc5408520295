"""Bringing clients in through the page: columns confirmed, stages and standing chosen, then imported."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from tests.conftest import NOW

from amends.clients.models import Client, Contact, Engagement, Standing, Upload, UploadState
from amends.flows.carry_out import carry_out


def hand_in(browser: Browser, *lines: str, name: str = "clients.csv") -> str:
    answer = browser.post("/import/people/", {"files": SimpleUploadedFile(name, "\n".join(lines).encode())})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def done() -> Upload:
    upload = Upload.objects.latest("pk")
    carry_out(upload.pk, clock=lambda: NOW)
    upload.refresh_from_db()
    return upload


def test_a_table_is_previewed_with_its_columns_and_imported(browser: Browser) -> None:
    address = hand_in(
        browser, "Company,Person,Email,Notes", "Hartwell,Petra,petra@hartwell.example,x", "Elm,,,y", ",,,z"
    )
    page = browser.get(address).content.decode()
    for words in (
        "What the columns mean", '<option value="name" selected>', "Left out", "Row by row", "petra", "is set aside",
        "<strong>2</strong> rows bring something new: 2 clients, 1 person.", "our clients",
    ):  # fmt: skip
        assert words in page, words
    assert not Client.objects.exists()
    browser.post(
        address, {"do": "import", "standing": "client", "column-0": "name", "column-1": "person", "column-2": "email"}
    )
    upload = done()
    assert upload.state == UploadState.DONE
    assert dict(Client.objects.values_list("name", "standing")) == {"Hartwell": Standing.CLIENT, "Elm": Standing.CLIENT}
    report = browser.get(address).content.decode()
    assert "new clients" in report
    assert "Take it back" not in report
    again = browser.get(
        hand_in(browser, "Company,Person,Email", "Hartwell,Petra,petra@hartwell.example")
    ).content.decode()
    assert "Nothing in it is new. 1 is known already." in again


def test_what_is_unclear_is_not_imported_before_it_is_said(browser: Browser) -> None:
    address = hand_in(browser, "Name,E-mail", "Delacroix,info@studio-d.example")
    page = browser.get(address).content.decode()
    assert "may be the client or a person there" in page
    assert "Import them" not in page
    browser.post(address, {"do": "import"})
    assert Upload.objects.get().state == UploadState.PREVIEW
    browser.post(address, {"do": "read", "column-0": "person", "column-1": "email"})
    page = browser.get(address).content.decode()
    assert "1 person" in page
    browser.post(address, {"do": "import", "column-0": "person", "column-1": "email"})
    done()
    assert Contact.objects.get().name == "Delacroix"


def test_the_stages_that_mean_won_are_chosen(browser: Browser) -> None:
    Client.objects.create(name="Hartwell", created_at=NOW)
    headers = "Record ID,Deal Name,Deal Stage,Amount,Associated Company"
    address = hand_in(browser, headers, "1,Site,Signed,100,Hartwell", "2,Film,Closed Won,100,Hartwell")
    page = browser.get(address).content.decode()
    assert 'value="Closed Won" checked' in page
    assert 'value="Signed">' in page
    assert "the deal is not won (stage: Signed)" in page
    browser.post(address, {"do": "read", "stages": "1", "won": ["Signed"]})
    assert 'value="Signed" checked' in browser.get(address).content.decode()
    browser.post(address, {"do": "import", "stages": "1", "won": ["Signed", "Closed Won"]})
    done()
    assert set(Engagement.objects.values_list("name", flat=True)) == {"Site", "Film"}


def test_an_amount_with_two_readings_is_asked(browser: Browser) -> None:
    Client.objects.create(name="Hartwell", created_at=NOW)
    headers = "Record ID,Deal Name,Deal Stage,Amount,Associated Company"
    address = hand_in(browser, headers, '1,Site,Won,"1,500",Hartwell')
    page = browser.get(address).content.decode()
    assert "<h2>1500</h2>" in page
    assert "<h2>1.5</h2>" in page
    browser.post(address, {"decimal": "point"})
    assert "Import them" in browser.get(address).content.decode()
    browser.post(address, {"do": "import"})
    done()
    assert Engagement.objects.get().value == 1500


def test_cards_need_no_mapping(browser: Browser) -> None:
    card = ("BEGIN:VCARD", "VERSION:4.0", "FN:Petra", "ORG:Hartwell", "EMAIL:p@hartwell.example", "END:VCARD")
    page = browser.get(hand_in(browser, *card, name="people.vcf")).content.decode()
    assert "vCards · 1 row" in page
    assert "What the columns mean" not in page


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 40])
def test_what_is_no_file_of_clients_is_refused(browser: Browser, data: bytes) -> None:
    answer = browser.post("/import/people/", {"files": SimpleUploadedFile("x.csv", data or b" ")})
    assert answer.status_code == 422
    assert not Upload.objects.exists()
