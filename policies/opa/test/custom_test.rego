package ambit.decision_test

import data.ambit.fixture as f

reasons_with(denials) := result.reasons if {
	result := data.ambit.decision.result with input as f.look
		with data.ambit.fleet as f.fleet
		with data.ambit.revision as {"number": 7}
		with data.ambit.custom.deny as denials
}

test_own_rules_refuse if reasons_with({"custom.night", "custom.moon"}) == ["custom.moon", "custom.night"]

test_no_denial_refuses_nothing if reasons_with(set()) == []

test_codes_that_do_not_begin_with_custom_have_one_name if {
	every denial in ["night", "custom.", "agent.unknown", "Custom.night", "", 7, null, {"code": "custom.night"}] {
		reasons_with({denial}) == ["custom.unnamed"]
	}
}

test_what_is_no_set_of_denials_refuses if {
	every denials in [["custom.night"], true, false, null, "custom.night", {}] {
		"custom.unnamed" in reasons_with(denials)
	}
}

test_own_rules_are_united_with_the_others if {
	result := data.ambit.decision.result with input as json.patch(f.look, [f.put("/agent/name", "unknown")])
		with data.ambit.fleet as f.fleet
		with data.ambit.revision as {"number": 7}
		with data.ambit.custom.deny as {"custom.night"}
	result == {"allow": false, "reasons": ["agent.unknown", "custom.night"], "observed": [], "revision": 7}
}
