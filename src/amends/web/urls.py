"""Every address of the web pages."""

from __future__ import annotations

from django.urls import path

from amends.web.audit import views as audit
from amends.web.boundaries import partings, referrals, scope, services, suppliers
from amends.web.bring_in import hours, people
from amends.web.bring_in import views as bring_in
from amends.web.capital import policy, portfolio, statement
from amends.web.check import views as check
from amends.web.clearance import views as clearance
from amends.web.client import glossary, letter, manage
from amends.web.client import views as client
from amends.web.clients import views as clients
from amends.web.drills import views as drills
from amends.web.engagement import manage as work
from amends.web.engagement import views as engagement
from amends.web.finding import views as finding
from amends.web.gates import lists as starting_lists
from amends.web.gates import views as gates
from amends.web.goodwill import client as goodwill
from amends.web.goodwill import guarantees, results
from amends.web.goodwill import settings as manners
from amends.web.health import healthy
from amends.web.jobs import views as jobs
from amends.web.mailboxes import permission as mailbox_permission
from amends.web.mailboxes import views as mailboxes
from amends.web.members import views as members
from amends.web.message import views as message
from amends.web.model import views as model
from amends.web.outbox import held
from amends.web.outbox import views as outbox
from amends.web.privacy import views as privacy
from amends.web.promises import views as promises
from amends.web.recovery import answer as recovery_answer
from amends.web.recovery import approvals, beforehand, brief, call, learn, remedies
from amends.web.recovery import listen as recovery_listen
from amends.web.recovery import opening as recovery_opening
from amends.web.recovery import own as recovery_own
from amends.web.recovery import views as recovery
from amends.web.sending import views as sending
from amends.web.set_up import views as set_up
from amends.web.settings import budgets, rules, tokens, webhooks
from amends.web.settings import views as settings
from amends.web.sign_in import by_passkey, links, single
from amends.web.sign_in import views as sign_in
from amends.web.thread import reply
from amends.web.thread import views as thread
from amends.web.today import views as today
from amends.web.worth import views as worth
from amends.web.you import two_factor, welcome
from amends.web.you import views as you

urlpatterns = [
    path("", today.page, name="today"),
    path("today/<uuid:client_id>/more/", today.more, name="today-more"),
    path("answer/", today.answer, name="answer"),
    path("undo/<uuid:batch>/", today.take_back, name="undo"),
    path("clients/", clients.page, name="clients"),
    path("clients/options/", finding.options, name="client-options"),
    path("clients/<uuid:client_id>/", client.page, name="client"),
    path("portfolio/", portfolio.page, name="portfolio"),
    path("portfolio/flows/", portfolio.flows, name="portfolio-flows"),
    path("settings/policy/", policy.page, name="policy"),
    path("settings/policy/<int:number>.toml", policy.text, name="policy-text"),
    path("clients/<uuid:client_id>/capital/", statement.page, name="statement"),
    path("clients/<uuid:client_id>/capital.<slug:form>", statement.file, name="statement-file"),
    path("clients/<uuid:client_id>/timeline/", client.timeline, name="client-timeline"),
    path("clients/<uuid:client_id>/rename/", manage.rename, name="client-rename"),
    path("clients/<uuid:client_id>/standing/", manage.standing, name="client-standing"),
    path("clients/<uuid:client_id>/industry/", manage.industry, name="client-industry"),
    path("clients/<uuid:client_id>/merge/", manage.merge, name="client-merge"),
    path("clients/<uuid:client_id>/split/", manage.split, name="client-split"),
    path("clients/<uuid:client_id>/share/", privacy.share_client, name="client-share"),
    path("clients/<uuid:client_id>/worth/", worth.page, name="client-worth"),
    path("clients/<uuid:client_id>/write/", letter.page, name="letter"),
    path("clients/<uuid:client_id>/write/check/", letter.check, name="letter-check"),
    path("clients/<uuid:client_id>/glossary/", glossary.page, name="glossary"),
    path("clients/<uuid:client_id>/glossary/<uuid:term_id>/", glossary.change, name="glossary-term"),
    path("clients/<uuid:client_id>/glossary/<uuid:term_id>/remove/", glossary.remove, name="glossary-remove"),
    path("clients/<uuid:client_id>/goodwill/", goodwill.page, name="goodwill"),
    path("clients/<uuid:client_id>/goodwill/gestures/", goodwill.plan, name="gesture-new"),
    path("clients/<uuid:client_id>/goodwill/results/", results.add, name="result-new"),
    path("clients/<uuid:client_id>/goodwill/claims/", guarantees.record, name="claim-new"),
    path("gestures/<uuid:gesture_id>/", goodwill.act, name="gesture"),
    path("reviews/", results.reviews, name="reviews"),
    path("reviews/<uuid:review_id>/", results.review, name="review"),
    path("referrals/<uuid:referral_id>/", results.referral, name="referral"),
    path("renewals/<uuid:renewal_id>/", results.renewal, name="renewal"),
    path("guarantees/", guarantees.page, name="guarantees"),
    path("guarantees/new/", guarantees.new, name="guarantee-new"),
    path("guarantees/<uuid:guarantee_id>/", guarantees.act, name="guarantee"),
    path("claims/<uuid:claim_id>/", guarantees.claim, name="claim"),
    path("settings/goodwill/", manners.page, name="manners"),
    path("clients/<uuid:client_id>/engagements/new/", work.new, name="engagement-new"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/", engagement.page, name="engagement"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/edit/", work.edit, name="engagement-edit"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/close/", work.close, name="engagement-close"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/ask/", work.ask, name="engagement-ask"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/reopen/", work.reopen, name="engagement-reopen"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/time/", engagement.time, name="engagement-time"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/mail/", engagement.mail, name="engagement-mail"),
    # Making good and learning
    path("recoveries/<uuid:recovery_id>/giving/", remedies.page, name="recovery-giving"),
    path("recoveries/<uuid:recovery_id>/remedies/<uuid:remedy_id>/", remedies.act, name="remedy-do"),
    path("recoveries/<uuid:recovery_id>/learning/", learn.page, name="recovery-learning"),
    path("recoveries/<uuid:recovery_id>/asking/", learn.ask, name="recovery-ask"),
    path("recoveries/<uuid:recovery_id>/closing/", learn.close, name="recovery-close"),
    path("recoveries/<uuid:recovery_id>/disclosing/", learn.disclose, name="recovery-disclose"),
    path("recoveries/to-ask/", learn.due, name="recoveries-to-ask"),
    path("approvals/", approvals.everything, name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.one, name="approval"),
    path("settings/budget/", remedies.budget, name="budget"),
    path("settings/budgets/", budgets.page, name="budgets"),
    path("settings/budgets/<slug:role>/", budgets.role, name="budget-role"),
    path("settings/budgets/of/<uuid:member_id>/", budgets.person, name="budget-member"),
    # What we do and don't, suppliers, requests for more, parting
    path("settings/services/", services.page, name="services"),
    path("settings/services/<uuid:service_id>/", services.change, name="service"),
    path("settings/suppliers/", suppliers.page, name="suppliers"),
    path("settings/suppliers/<uuid:supplier_id>/", suppliers.one, name="supplier"),
    path("scope/<uuid:message_id>/", scope.one, name="scope-answer"),
    path("scope/answers/<uuid:answer_id>/undo/", scope.undo, name="scope-undo"),
    path("clients/<uuid:client_id>/scope/", scope.everything, name="client-scope"),
    path("clients/<uuid:client_id>/engagements/<uuid:engagement_id>/scope/", scope.work, name="engagement-scope"),
    path("referrals-out/<uuid:referral_out_id>/", referrals.one, name="referral-out"),
    path("partings/", partings.everything, name="partings"),
    path("partings/<uuid:parting_id>/", partings.act, name="parting"),
    path("partings/<uuid:parting_id>/items/<uuid:item_id>/", partings.item, name="parting-item"),
    path("clients/<uuid:client_id>/parting/", partings.one, name="client-parting"),
    path("engagements/", engagement.everything, name="engagements"),
    # readiness gates, and the lists that gates and clearances start from
    path("gates/", gates.everything, name="gates"),
    path("gates/open/", gates.begin, name="gate-open"),
    path("gates/<uuid:gate_id>/", gates.page, name="gate"),
    path("clearance/", clearance.everything, name="clearances"),
    path("clearance/new/", clearance.new, name="clearance-new"),
    path("clearance/<uuid:publication_id>/", clearance.page, name="clearance"),
    path("lists/", starting_lists.everything, name="starting-lists"),
    path("lists/<slug:kind>/<slug:slug>/", starting_lists.one, name="starting-list"),
    path("threads/<uuid:thread_id>/", thread.page, name="thread"),
    path("threads/<uuid:thread_id>/share/", privacy.share_thread, name="thread-share"),
    path("threads/<uuid:thread_id>/reply/", reply.answer, name="reply"),
    path("threads/<uuid:thread_id>/reply/letter/", reply.letter, name="reply-letter"),
    path("threads/<uuid:thread_id>/reply/audience/", reply.audience, name="reply-audience"),
    path("threads/<uuid:thread_id>/reply/leaving/", reply.leaving, name="reply-leaving"),
    path("threads/<uuid:thread_id>/reply/check/", reply.check, name="reply-check"),
    path("check/", check.page, name="check"),
    path("check/react/", check.react, name="check-react"),
    path("messages/<uuid:message_id>/correct/", thread.correct, name="correct"),
    path("messages/<uuid:message_id>/correct/<uuid:batch>/undo/", thread.take_back, name="correct-undo"),
    path("messages/<uuid:message_id>/html", message.original_html, name="message-html"),
    path("messages/<uuid:message_id>/original", message.original, name="message-original"),
    path("messages/<uuid:message_id>/attachments/<int:index>", message.attachment, name="attachment"),
    # Recoveries: opening, own, listen, answer
    path("settings/recoveries/", beforehand.clocks, name="recovery-clocks"),
    path("drills/", drills.everything, name="drills"),
    path("drills/<slug:slug>/", drills.play, name="drill"),
    path("drills/results/<uuid:result_id>/", drills.result, name="drill-result"),
    path("welcome/", welcome.page, name="welcome"),
    path("playbooks/", beforehand.books, name="playbooks"),
    path("playbooks/<slug:mode>/", beforehand.book, name="playbook"),
    path("recoveries/", recovery.everything, name="recoveries"),
    path("recoveries/new/", recovery_opening.new, name="recovery-new"),
    path("recoveries/open/", recovery_opening.at_once, name="recovery-open"),
    path("recoveries/<uuid:recovery_id>/", recovery.page, name="recovery"),
    path("recoveries/<uuid:recovery_id>/take/", recovery.take, name="recovery-take"),
    path("recoveries/<uuid:recovery_id>/own/", recovery_own.own, name="recovery-own"),
    path("recoveries/<uuid:recovery_id>/replied/", recovery_own.replied, name="recovery-replied"),
    path("recoveries/<uuid:recovery_id>/failed/", recovery_own.failed, name="recovery-failed"),
    path("recoveries/<uuid:recovery_id>/step/", recovery_own.step, name="recovery-step"),
    path("recoveries/<uuid:recovery_id>/mistaken/", recovery_own.mistaken, name="recovery-mistaken"),
    path("recoveries/<uuid:recovery_id>/undo/", recovery_own.undo, name="recovery-undo"),
    path("recoveries/<uuid:recovery_id>/wanted/", recovery_listen.wanted, name="recovery-wanted"),
    path("recoveries/<uuid:recovery_id>/issues/", recovery_listen.issues, name="recovery-issues"),
    path("recoveries/<uuid:recovery_id>/issues/<uuid:issue_id>/", recovery_listen.issue, name="recovery-issue"),
    path(
        "recoveries/<uuid:recovery_id>/issues/<uuid:issue_id>/finding/",
        recovery_answer.finding,
        name="recovery-finding",
    ),
    path(
        "recoveries/<uuid:recovery_id>/issues/<uuid:issue_id>/evidence/",
        recovery_answer.evidence,
        name="recovery-evidence",
    ),
    path("recoveries/<uuid:recovery_id>/evidence/<uuid:evidence_id>/", recovery_answer.piece, name="recovery-piece"),
    path("recoveries/<uuid:recovery_id>/hours/", recovery_answer.hours, name="recovery-hours"),
    path("promises/", promises.page, name="promises"),
    path("promises/add/", promises.add, name="promise-add"),
    path("promises/<uuid:promise_id>/", promises.settle, name="promise"),
    path("promises/<uuid:promise_id>/undo/", promises.take_back, name="promise-undo"),
    path("search/", finding.page, name="search"),
    path("go/", finding.palette, name="palette"),
    path("mailboxes/who/", privacy.page, name="who-reads"),
    path("mailboxes/<uuid:mailbox_id>/visibility/", privacy.visibility, name="mailbox-visibility"),
    path("mailboxes/<uuid:mailbox_id>/owner/", privacy.owner, name="mailbox-owner"),
    path("import/", bring_in.page, name="import"),
    path("import/<uuid:run_id>/", bring_in.run, name="run"),
    path("import/hours/", hours.page, name="hours"),
    path("import/hours/<uuid:upload_id>/", hours.sheet, name="hours-sheet"),
    path("import/people/", people.page, name="people"),
    path("import/people/<uuid:upload_id>/", people.sheet, name="people-sheet"),
    path("reading/", bring_in.reading, name="reading"),
    path("model/", model.page, name="model"),
    path("set-aside/", bring_in.aside, name="set-aside"),
    path("set-apart/", bring_in.apart, name="set-apart"),
    path("set-up/", set_up.page, name="set-up"),
    path("set-up/place/", set_up.place, name="set-up-place"),
    path("set-up/whose/", set_up.whose, name="set-up-whose"),
    path("set-up/filling/", set_up.filling, name="set-up-filling"),
    path("outbox/", outbox.page, name="outbox"),
    path("outbox/<uuid:draft_id>/", outbox.settle, name="draft-settle"),
    path("outbox/<uuid:draft_id>/check/", held.check, name="draft-check"),
    path("outbox/<uuid:draft_id>/rewrite/", held.rewrite, name="draft-rewrite"),
    path("settings/sending/undo/", sending.undo, name="sending-undo"),
    path("settings/sending/", sending.page, name="sending"),
    path("settings/sending/trial/", sending.trial, name="sending-trial"),
    path("settings/sending/state/", sending.state, name="sending-state"),
    path("settings/sending/remove/", sending.remove, name="sending-remove"),
    path("settings/", settings.page, name="settings"),
    path("settings/corrections/", settings.corrections, name="corrections"),
    path("settings/members/", members.page, name="members"),
    path("settings/members/sign-in/", members.policy, name="members-policy"),
    path("settings/members/<uuid:member_id>/role/", members.role, name="member-role"),
    path("settings/members/<uuid:member_id>/authority/", members.authority, name="member-authority"),
    path("settings/members/<uuid:member_id>/deactivate/", members.deactivate, name="member-deactivate"),
    path("settings/members/<uuid:member_id>/reactivate/", members.reactivate, name="member-reactivate"),
    path("settings/members/<uuid:member_id>/reset/", members.reset, name="member-reset"),
    path("settings/members/<uuid:member_id>/two-factor-off/", members.two_factor_off, name="member-two-factor-off"),
    path("settings/invitations/<uuid:invitation_id>/again/", members.invite_again, name="invitation-again"),
    path("settings/invitations/<uuid:invitation_id>/withdraw/", members.withdraw, name="invitation-withdraw"),
    path("settings/audit/", audit.page, name="audit"),
    path("settings/audit/csv", audit.download, name="audit-csv"),
    path("settings/you/", you.page, name="you"),
    path("settings/you/confirm/", you.confirm, name="you-confirm"),
    path("settings/you/confirm/passkey/begin", by_passkey.confirm_begin, name="confirm-passkey-begin"),
    path("settings/you/confirm/passkey", by_passkey.confirm, name="confirm-passkey"),
    path("settings/you/password/", you.password, name="you-password"),
    path("settings/you/morning/", you.morning, name="you-morning"),
    path("settings/you/sessions/", you.sessions, name="you-sessions"),
    path("settings/you/two-factor/", two_factor.page, name="two-factor"),
    path("settings/you/two-factor/app/", two_factor.add_app, name="app-add"),
    path("settings/you/two-factor/app/remove/", two_factor.remove_app, name="app-remove"),
    path("settings/you/two-factor/codes/", two_factor.recovery, name="recovery-codes"),
    path("settings/you/two-factor/passkeys/begin", two_factor.passkey_begin, name="passkey-begin"),
    path("settings/you/two-factor/passkeys/add", two_factor.passkey_add, name="passkey-add"),
    path(
        "settings/you/two-factor/passkeys/<uuid:passkey_id>/remove/", two_factor.passkey_remove, name="passkey-remove"
    ),
    path("mailboxes/", mailboxes.page, name="mailboxes"),
    path("mailboxes/add/", mailboxes.add, name="mailbox-add"),
    path("mailboxes/permission/", mailbox_permission.back, name="mailbox-permission"),
    path("mailboxes/<uuid:account_id>/", mailboxes.one, name="mailbox"),
    path("mailboxes/<uuid:account_id>/state/", mailboxes.state, name="mailbox-state"),
    path("mailboxes/<uuid:account_id>/mend/", mailboxes.mend, name="mailbox-mend"),
    path("mailboxes/<uuid:account_id>/act/", mailboxes.act, name="mailbox-act"),
    path("mailboxes/<uuid:account_id>/set-aside/", mailboxes.aside, name="mailbox-aside"),
    path("settings/tokens/", tokens.page, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token-revoke"),
    path("settings/webhooks/", webhooks.page, name="webhooks"),
    path("settings/webhooks/<uuid:endpoint_id>/", webhooks.one, name="webhook"),
    path("settings/webhooks/<uuid:endpoint_id>/act/", webhooks.act, name="webhook-act"),
    path("settings/webhooks/<uuid:endpoint_id>/recent/", webhooks.recent, name="webhook-deliveries"),
    path(
        "settings/webhooks/<uuid:endpoint_id>/again/<uuid:delivery_id>/", webhooks.redeliver, name="webhook-redeliver"
    ),
    path("settings/check/", rules.page, name="check-rules"),
    path("settings/check/weigh/", rules.weigh, name="check-weigh"),
    path("settings/check/words/", rules.avoid, name="check-avoid"),
    path("settings/check/words/<uuid:words_id>/remove/", rules.avoid_no_more, name="check-avoid-remove"),
    path("settings/check/sentences/", rules.teach, name="check-teach"),
    path("settings/check/sentences/<uuid:example_id>/remove/", rules.forget, name="check-forget"),
    path("settings/jobs/", jobs.page, name="jobs"),
    path("settings/jobs/<uuid:job_id>/again/", jobs.again, name="job-again"),
    path("settings/jobs/<uuid:job_id>/drop/", jobs.drop, name="job-drop"),
    # the brief of a recovery, and the call held against it
    path("recoveries/<uuid:recovery_id>/brief/", brief.page, name="brief"),
    path("recoveries/<uuid:recovery_id>/brief/edit/", brief.edit, name="brief-edit"),
    path("recoveries/<uuid:recovery_id>/brief/anew/", brief.anew, name="brief-anew"),
    path("recoveries/<uuid:recovery_id>/brief/stands/", brief.stands, name="brief-stands"),
    path("recoveries/<uuid:recovery_id>/brief/paper/", brief.paper, name="brief-paper"),
    path("recoveries/<uuid:recovery_id>/brief/file.<str:form>", brief.file, name="brief-file"),
    path("recoveries/<uuid:recovery_id>/brief/send/", brief.sending, name="brief-send"),
    path("recoveries/<uuid:recovery_id>/call/", call.start, name="call"),
    path("recoveries/<uuid:recovery_id>/calls/<uuid:call_id>/", call.page, name="call-held"),
    path("recoveries/<uuid:recovery_id>/calls/<uuid:call_id>/notes", call.notes, name="call-notes"),
    path("recoveries/<uuid:recovery_id>/calls/<uuid:call_id>/end/", call.end, name="call-end"),
    path("recoveries/<uuid:recovery_id>/calls/<uuid:call_id>/after/", call.after, name="call-after"),
    path("recoveries/<uuid:recovery_id>/calls/<uuid:call_id>/become/", call.become, name="call-become"),
    path("recoveries/<uuid:recovery_id>/calls/<uuid:call_id>/summary/", call.summary, name="call-summary"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/second/", sign_in.second, name="sign-in-second"),
    path("sign-in/forgotten/", sign_in.forgotten, name="forgotten"),
    path("sign-in/passkey/begin", by_passkey.begin, name="sign-in-passkey-begin"),
    path("sign-in/passkey", by_passkey.finish, name="sign-in-passkey"),
    path("sign-in/single/", single.away, name="single-sign-on"),
    path("sign-in/single/back", single.back, name="single-sign-on-back"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("enter/<str:token>/", links.enter, name="enter"),
    path("healthz", healthy, name="healthz"),
]
