package ambit.decision_test

import data.ambit.fixture as f

allowed := {"allow": true, "reasons": [], "observed": [], "revision": 7}

test_what_is_declared_is_allowed if {
	every request in [f.look, f.payout, f.search, f.seek, f.fetch] { f.answer(request, f.fleet) == allowed }
}

test_what_is_declared_is_issued if {
	every request in [
		f.issued(f.look, "tool:pay"),
		f.issued(f.payout, "tool:pay"),
		f.issued(f.search, "aws"),
		f.issued(f.search, "exchange"),
		f.issued(f.seek, "aws"),
	] {
		f.answer(request, f.fleet) == allowed
	}
}

test_all_reasons_are_named_in_order if {
	changes := [f.put("/run/expiresAt", f.noon), f.put("/call/destination", "evil.example"), f.put("/task", "none")]
	f.reasons(f.look, changes) == ["destination.undeclared", "run.over", "task.undeclared", "token.too-long"]
}

test_nothing_is_allowed_by_no_policy if {
	result := data.ambit.decision.result with input as f.look
	result == {"allow": false, "reasons": ["agent.unknown", "policy.stale"], "observed": [], "revision": 0}
}

test_nothing_is_allowed_by_half_a_policy if {
	every part in object.keys(f.fleet) - {"trustDomain", "datasets"} {
		count(f.reasons_by(f.look, [f.take(concat("/", ["", part]))])) > 0
	}
}

test_another_policy_version_declares_nobody if {
	f.reasons_by(f.look, [f.put("/version", "ambit.policy/2")]) == ["agent.unknown"]
}

test_a_revision_that_is_no_number_is_none if {
	every number in ["7", null, true, [7]] {
		result := data.ambit.decision.result with input as object.union(f.look, {"revisionSeen": 1})
			with data.ambit.fleet as f.fleet
			with data.ambit.revision as {"number": number}
		result == {"allow": false, "reasons": ["policy.stale"], "observed": [], "revision": 0}
	}
}
