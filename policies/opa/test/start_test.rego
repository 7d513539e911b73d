package ambit.decision_test

import data.ambit.fixture as f

test_start_undeclared if f.reasons(f.look, [f.put("/start/by", "event")]) == ["start.undeclared"]

test_start_without_evidence if {
	f.reasons(f.look, [f.put("/start/evidence", "none")]) == ["start.no-evidence"]
	f.reasons(f.search, [f.put("/start", {"by": "agent", "evidence": "none"})]) == []
}

test_start_and_chain_contradict_each_other if {
	f.reasons(f.seek, [f.put("/chain", [])]) == ["start.chain-mismatch"]
	f.reasons_by(
		object.union(f.seek, {"start": {"by": "user"}}),
		[f.put(f.of_scout("/tasks/seek/startedBy/user"), true)],
	) == ["start.chain-mismatch"]
}

test_user_missing if {
	f.reasons(f.search, [f.put("/user", null)]) == ["user.missing"]
	f.reasons(f.look, [f.put("/user", null), f.put("/start/by", "schedule")]) == ["user.missing"]
	f.reasons(f.search, [f.put("/user", null), f.put("/start/by", "agent")]) == []
}
