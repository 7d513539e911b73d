package ambit.decision_test

import data.ambit.fixture as f

test_data_not_granted if {
	f.reasons(f.look, [f.put("/call/data/-", "letters:read")]) == ["data.not-granted"]
	f.reasons(f.look, [f.put("/call/data", ["orders"])]) == ["data.not-granted"]
	f.reasons_by(f.look, [f.put("/tools/pay/actions/find/touches/letters:list", true)]) == ["data.not-granted"]
}

test_data_above_clearance if {
	f.reasons_by(f.look, [f.put("/tools/pay/clearance", 1)]) == ["data.above-clearance"]
	f.reasons_by(f.payout, [f.put("/tools/pay/clearance", 1)]) == ["data.above-clearance"]
}

test_unknown_data_is_restricted if {
	every item in ["secrets:read", "secrets", "a:b:read", ":read"] {
		reasons := f.reasons(f.look, [f.put("/call/data", [item])])
		reasons == ["data.above-clearance", "data.not-granted"]
	}
}

test_data_whose_rank_is_no_number_is_restricted if {
	every rank in [null, false, "", []] {
		f.reasons_by(f.look, [f.put("/datasets/orders", rank)]) == ["data.above-clearance"]
	}
}

test_the_dataset_is_what_stands_before_the_last_colon if {
	changes := [
		f.put("/datasets/old:letters", 0),
		f.put(f.of_clerk("/tasks/ask/data/old:letters:list"), true),
		f.put("/tools/web/clearance", 0),
	]
	f.reasons_by(json.patch(f.search, [f.put("/call/data", ["old:letters:list"])]), changes) == []
}

test_mark_above_the_tools_clearance if {
	f.reasons(f.search, [f.put("/session/mark", "confidential")]) == ["mark.above-clearance"]
	f.reasons(f.search, [f.put("/session/mark", "internal")]) == []
}

test_mark_above_what_is_written if {
	wide := [
		f.put("/tools/pay/clearance", 3),
		f.put(f.of_clerk("/tasks/payout/data/letters:delete"), true),
	]
	request := json.patch(f.payout, [f.put("/session/mark", "confidential")])
	f.reasons_by(request, wide) == []
	f.reasons_by(json.patch(request, [f.put("/session/mark", "restricted")]), wide) == ["mark.above-clearance"]
	f.reasons_by(json.patch(request, [f.put("/call/data/-", "letters:delete")]), wide) == ["mark.above-clearance"]
}

test_mark_above_what_a_credential_may_write if {
	marked := [f.put("/session/mark", "confidential")]
	f.reasons(f.issued(f.search, "aws"), marked) == ["mark.above-clearance"]
	f.reasons(f.issued(f.search, "exchange"), marked) == []
	f.answer(json.patch(f.issued(f.seek, "aws"), marked), f.fleet).reasons == []
}

test_a_credential_may_write_below_what_is_read if {
	f.reasons(f.look, [f.put("/session/writable", "internal")]) == ["mark.credential-below"]
	f.reasons(f.look, [f.put("/session/writable", "confidential")]) == []
	f.reasons(f.payout, [f.put("/session/writable", "public")]) == []
	f.reasons(f.issued(f.search, "aws"), [f.put("/session/writable", "public")]) == ["mark.credential-below"]
	f.reasons(f.issued(f.search, "exchange"), [f.put("/session/writable", "public")]) == []
}

test_session_tainted if {
	tainted := [f.put("/session/tainted", true)]
	f.reasons(f.look, tainted) == []
	f.reasons(f.payout, tainted) == []
	f.reasons(f.search, tainted) == ["session.tainted"]
	f.reasons(f.payout, [f.put("/session/tainted", true), f.put("/approval/spent", true)]) == [
		"approval.spent",
		"session.tainted",
	]
}
