package system.log_test

import data.ambit.fixture as f

masked(request, result) := found if {
	found := data.system.log.mask with input as {
		"path": "ambit/decision/result",
		"input": request,
		"result": result,
	}
}

allowed := {"allow": true, "reasons": [], "observed": [], "revision": 7}

subject(path, value) := {"op": "upsert", "path": path, "value": value}

test_people_are_masked if {
	masked(f.look, allowed) == {subject("/input/user/subject", "masked")}
	masked(f.payout, allowed) == {
		subject("/input/user/subject", "masked"),
		subject("/input/approval/decidedBy/subject", "masked-other"),
	}
}

test_that_the_approver_is_the_user_can_still_be_seen if {
	request := json.patch(f.payout, [f.put("/approval/decidedBy", f.ida)])
	masked(request, {"allow": false, "reasons": ["approval.by-requester"], "observed": [], "revision": 7}) == {
		subject("/input/user/subject", "masked"),
		subject("/input/approval/decidedBy/subject", "masked"),
	}
}

test_where_nobody_is_named_nothing_is_masked if {
	masked(json.patch(f.look, [f.put("/user", null)]), allowed) == set()
}

test_what_is_not_of_the_contract_is_not_logged if {
	every code in ["input.malformed", "input.version", "input.too-large"] {
		refused := {"allow": false, "reasons": [code], "observed": [], "revision": 7}
		masked({"headers": {"authorization": "Bearer"}}, refused) == {"/input"}
	}
	masked(f.look, {}) == {"/input"}
	masked(f.look, null) == {"/input"}
}

test_nothing_of_other_questions_is_logged if {
	every path in ["ambit/decision", "ambit/decision/result/allow", "system/log/mask", ""] {
		found := data.system.log.mask with input as {"path": path, "input": f.look, "result": allowed}
		found == {"/input", "/result"}
	}
	query := data.system.log.mask with input as {"query": "input.token = x", "input": f.look, "result": allowed}
	query == {"/input", "/result"}
}
