package ambit.decision_test

import data.ambit.fixture as f

observed_until(time) := json.patch(f.fleet, [f.put(f.of_clerk("/tasks/payout/observeUntil"), time)])

overspent := json.patch(f.payout, [
	f.put("/budgets/day:calls:all/spent", 10),
	f.take("/budgets/day:sum=amount:pay.refund"),
	f.put("/done/session", []),
	f.put("/intent", {"verdict": "refused"}),
])

all_observed := ["budget.spent", "budget.unknown", "intent.refused", "order.broken"]

test_budgets_order_and_intent_are_observed_until_the_end if {
	f.answer(overspent, observed_until(f.noon + 1)) == {
		"allow": true,
		"reasons": [],
		"observed": all_observed,
		"revision": 7,
	}
}

test_and_enforced_from_then_on if {
	f.answer(overspent, observed_until(f.noon)) == {
		"allow": false,
		"reasons": all_observed,
		"observed": [],
		"revision": 7,
	}
}

test_other_rules_are_never_observed if {
	request := json.patch(overspent, [f.put("/approval/spent", true)])
	f.answer(request, observed_until(f.noon + 1)) == {
		"allow": false,
		"reasons": ["approval.spent"],
		"observed": [],
		"revision": 7,
	}
}

test_nothing_is_observed_once_confidential_data_was_read if {
	request := json.patch(overspent, [f.put("/session/mark", "confidential")])
	f.answer(request, observed_until(f.noon + 1)).reasons == all_observed
}

test_nothing_is_observed_where_nothing_would_be_refused if {
	f.answer(f.payout, observed_until(f.noon + 1)).observed == []
}
