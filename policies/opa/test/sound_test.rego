package ambit.decision_test

import data.ambit.fixture as f

missing(request, path) := f.reasons_by(request, [f.take(path)])

of_other_type(request, path) := f.reasons_by(request, [f.put(path, "a")])

test_policy_of_an_agent_with_a_field_missing_or_of_another_type if {
	every field in ["suspended", "expires", "session", "session/idleSeconds", "session/totalSeconds"] {
		path := f.of_clerk(concat("/", ["", field]))
		"engine.error" in missing(f.look, path)
		"engine.error" in of_other_type(f.look, path)
	}
}

test_policy_of_a_task_with_a_field_missing_or_of_another_type if {
	every field in ["ttlSeconds", "budgets", "orders", "observeUntil", "aws", "aws/data", "aws/reads", "aws/writes"] {
		path := f.of_clerk(concat("/", ["/tasks/ask", field]))
		"engine.error" in missing(f.search, path)
		"engine.error" in of_other_type(f.search, path)
	}
	"engine.error" in missing(f.look, f.of_clerk("/tasks/look/approvalGroup"))
	"engine.error" in f.reasons_by(f.look, [f.put(f.of_clerk("/tasks/look/approvalGroup"), null)])
}

test_nothing_is_granted_by_sets_that_are_missing if {
	every field in ["actions", "data", "startedBy"] {
		count(missing(f.look, f.of_clerk(concat("/", ["/tasks/look", field])))) > 0
	}
	missing(f.issued(f.look, "tool:pay"), f.of_clerk("/tasks/look/tools")) == ["audience.not-granted"]
	missing(f.issued(f.search, "exchange"), f.of_clerk("/tasks/ask/delegates")) == ["audience.not-granted"]
}

test_policy_of_a_granted_tool_with_a_field_missing_or_of_another_type if {
	every field in ["/destination", "/clearance", "/actsAsUser", "/actions/find/high", "/actions/find/touches"] {
		"engine.error" in missing(f.look, concat("", ["/tools/pay", field]))
	}
	every field in ["/clearance", "/actsAsUser", "/actions/find/outward", "/actions/find/touches"] {
		"engine.error" in of_other_type(f.look, concat("", ["/tools/pay", field]))
	}
	"engine.error" in f.reasons_by(f.look, [f.put("/tools/pay/destination", 7)])
	"engine.error" in f.reasons_by(f.look, [f.put("/intentRequired", null)])
}

test_what_no_tool_declares_is_not_granted if {
	every place in ["/tools", "/tools/pay", "/tools/pay/actions", "/tools/pay/actions/find"] {
		missing(f.look, place) == ["action.not-granted"]
	}
}

test_policy_of_a_budget_or_an_order_with_a_field_missing_or_of_another_type if {
	every field in [
		"budgets/day:calls:all/limit",
		"budgets/day:calls:all/actions",
		"orders/0/first",
		"orders/0/then",
		"orders/0/within",
	] {
		path := f.of_clerk(concat("/", ["/tasks/payout", field]))
		"engine.error" in missing(f.payout, path)
		"engine.error" in of_other_type(f.payout, path)
	}
}

test_policy_of_an_edge_with_a_field_missing_or_of_another_type if {
	every field in ["depth", "actions", "data", "sensitivity", "ttlSeconds"] {
		path := f.of_clerk(concat("/", ["/tasks/ask/delegates/scout.seek", field]))
		"engine.error" in missing(f.seek, path)
		"engine.error" in of_other_type(f.seek, path)
	}
}
