package ambit.decision_test

import data.ambit.fixture as f

test_intent_missing if {
	required := [f.put("/intentRequired", true)]
	f.reasons_by(f.look, required) == ["intent.missing"]
	f.reasons_by(json.patch(f.look, [f.put("/intent", {"verdict": "allowed"})]), required) == []
	f.reasons_by(f.issued(f.look, "tool:pay"), required) == []
}

test_each_verdict_has_its_reason if {
	every verdict in ["refused", "error", "timeout"] {
		f.reasons(f.look, [f.put("/intent", {"verdict": verdict})]) == [concat(".", ["intent", verdict])]
		f.reasons(f.issued(f.look, "tool:pay"), [f.put("/intent", {"verdict": verdict})]) == []
	}
}
