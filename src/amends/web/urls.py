"""Every address of the web pages."""

from __future__ import annotations

from django.urls import path

from amends.web.bring_in import views as bring_in
from amends.web.client import manage
from amends.web.client import views as client
from amends.web.clients import views as clients
from amends.web.finding import views as finding
from amends.web.health import healthy
from amends.web.jobs import views as jobs
from amends.web.message import views as message
from amends.web.model import views as model
from amends.web.settings import views as settings
from amends.web.sign_in import views as sign_in
from amends.web.thread import views as thread
from amends.web.today import views as today

urlpatterns = [
    path("", today.page, name="today"),
    path("answer/", today.answer, name="answer"),
    path("undo/<uuid:batch>/", today.take_back, name="undo"),
    path("clients/", clients.page, name="clients"),
    path("clients/options/", finding.options, name="client-options"),
    path("clients/<uuid:client_id>/", client.page, name="client"),
    path("clients/<uuid:client_id>/timeline/", client.timeline, name="client-timeline"),
    path("clients/<uuid:client_id>/rename/", manage.rename, name="client-rename"),
    path("clients/<uuid:client_id>/standing/", manage.standing, name="client-standing"),
    path("clients/<uuid:client_id>/merge/", manage.merge, name="client-merge"),
    path("clients/<uuid:client_id>/split/", manage.split, name="client-split"),
    path("clients/<uuid:client_id>/engagements/new/", manage.engagement, name="engagement-new"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/", manage.engagement, name="engagement"),
    path("threads/<uuid:thread_id>/", thread.page, name="thread"),
    path("messages/<uuid:message_id>/correct/", thread.correct, name="correct"),
    path("messages/<uuid:message_id>/correct/<uuid:batch>/undo/", thread.take_back, name="correct-undo"),
    path("messages/<uuid:message_id>/html", message.original_html, name="message-html"),
    path("messages/<uuid:message_id>/original", message.original, name="message-original"),
    path("messages/<uuid:message_id>/attachments/<int:index>", message.attachment, name="attachment"),
    path("search/", finding.page, name="search"),
    path("go/", finding.palette, name="palette"),
    path("import/", bring_in.page, name="import"),
    path("import/<uuid:run_id>/", bring_in.run, name="run"),
    path("reading/", bring_in.reading, name="reading"),
    path("model/", model.page, name="model"),
    path("set-aside/", bring_in.aside, name="set-aside"),
    path("set-apart/", bring_in.apart, name="set-apart"),
    path("settings/", settings.page, name="settings"),
    path("settings/corrections/", settings.corrections, name="corrections"),
    path("settings/jobs/", jobs.page, name="jobs"),
    path("settings/jobs/<uuid:job_id>/again/", jobs.again, name="job-again"),
    path("settings/jobs/<uuid:job_id>/drop/", jobs.drop, name="job-drop"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("enter/<str:token>/", sign_in.enter, name="enter"),
    path("healthz", healthy, name="healthz"),
]
