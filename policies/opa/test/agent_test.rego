package ambit.decision_test

import data.ambit.fixture as f

test_policy_stale if {
	f.reasons(f.look, [f.put("/revisionSeen", 8)]) == ["policy.stale"]
	f.reasons(f.look, [f.put("/revisionSeen", 6)]) == []
}

test_revocation_stale if f.reasons(f.look, [f.put("/revocation/known", false)]) == ["revocation.stale"]

test_each_revocation_has_its_reason if {
	every what in ["agent", "run", "session", "token", "user"] {
		f.reasons(f.look, [f.put("/revocation/revoked", [what])]) == [concat(".", [what, "revoked"])]
	}
}

test_agent_unknown if {
	f.reasons(f.look, [f.put("/agent/spiffeId", "spiffe://acme.example/ns/x/sa/clerk")]) == ["agent.unknown"]
	f.reasons(f.look, [f.put("/agent/name", "scout")]) == ["agent.unknown"]
}

test_without_an_agent_only_what_needs_none_refuses if {
	changes := [
		f.put("/agent/name", "unknown"),
		f.put("/task", "none"),
		f.put("/start/evidence", "none"),
		f.put("/call/destination", "evil.example"),
		f.put("/time", f.noon + 540),
		f.put("/revocation/known", false),
	]
	f.reasons(f.look, changes) == ["agent.unknown", "revocation.stale", "run.over", "token.over"]
}

test_agent_suspended if f.reasons_by(f.look, [f.put(f.of_clerk("/suspended"), true)]) == ["agent.suspended"]

test_agent_expired if {
	f.reasons_by(f.look, [f.put(f.of_clerk("/expires"), f.noon)]) == ["agent.expired"]
	f.reasons_by(f.look, [f.put(f.of_clerk("/expires"), f.noon + 1)]) == []
}

test_task_undeclared if f.reasons(f.look, [f.put("/task", "none")]) == ["task.undeclared"]
