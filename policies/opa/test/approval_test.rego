package ambit.decision_test

import data.ambit.fixture as f

test_approval_required if {
	f.reasons(f.payout, [f.put("/approval", null)]) == ["approval.required"]
}

test_nobody_is_asked_about_a_token if {
	f.reasons(f.issued(f.payout, "tool:pay"), [f.put("/approval", null)]) == []
	f.reasons(f.issued(f.payout, "tool:pay"), [f.put("/approval/spent", true)]) == []
}

test_an_approval_that_nobody_asked_for_says_nothing if {
	stale := json.patch(f.payout.approval, [f.put("/spent", true), f.put("/group", "strangers")])
	f.reasons(f.look, [f.put("/approval", stale)]) == []
}

test_approval_of_another_group if {
	f.reasons(f.payout, [f.put("/approval/group", "leads")]) == ["approval.other-group"]
}

test_approval_of_another_request if {
	f.reasons(f.payout, [f.put("/approval/requestDigest", f.other_digest)]) == ["approval.other-request"]
	f.reasons(f.payout, [f.put("/requestDigest", f.other_digest)]) == ["approval.other-request"]
}

test_approval_by_the_user_served if {
	f.reasons(f.payout, [f.put("/approval/decidedBy", f.ida)]) == ["approval.by-requester"]
	f.reasons(f.payout, [f.put("/approval/decidedBy", {"issuer": "https://x.example", "subject": "ida"})]) == []
}

test_approval_over if {
	f.reasons(f.payout, [f.put("/approval/expiresAt", f.noon)]) == ["approval.over"]
	f.reasons(f.payout, [f.put("/approval/expiresAt", f.noon + 1)]) == []
}

test_approval_spent if f.reasons(f.payout, [f.put("/approval/spent", true)]) == ["approval.spent"]
