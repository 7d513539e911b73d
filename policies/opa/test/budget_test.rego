package ambit.decision_test

import data.ambit.fixture as f

test_budget_of_calls_spent if {
	f.reasons(f.payout, [f.put("/budgets/day:calls:all/spent", 10)]) == ["budget.spent"]
	f.reasons(f.payout, [f.put("/budgets/day:calls:all/spent", 9)]) == []
}

test_budget_of_a_sum_spent if {
	f.reasons(f.payout, [f.put("/budgets/day:sum=amount:pay.refund/cost", 4901)]) == ["budget.spent"]
	f.reasons(f.payout, [f.put("/budgets/day:sum=amount:pay.refund/cost", 4900)]) == []
}

test_budget_unknown if f.reasons(f.payout, [f.take("/budgets/day:calls:all")]) == ["budget.unknown"]

test_budgets_of_other_actions_say_nothing if {
	changes := [f.put(f.of_clerk("/tasks/payout/budgets/day:sum=amount:pay.refund/actions"), {"pay.find": true})]
	request := json.patch(f.payout, [f.take("/budgets/day:sum=amount:pay.refund")])
	f.reasons_by(request, changes) == []
}

test_budgets_that_are_not_the_tasks_say_nothing if {
	f.reasons(f.payout, [f.put("/budgets/run:calls:all", {"spent": 1000, "cost": 1000})]) == []
}

test_nothing_is_spent_when_a_token_is_made if {
	f.reasons(f.issued(f.payout, "tool:pay"), [f.put("/budgets", {}), f.put("/done/session", [])]) == []
}

test_order_broken if {
	f.reasons(f.payout, [f.put("/done/session", ["pay.refund"])]) == ["order.broken"]
	f.reasons(f.payout, [f.put("/done", {"run": ["pay.find"], "session": []})]) == ["order.broken"]
}

test_every_first_action_must_be_done if {
	f.reasons_by(f.payout, [f.put(f.of_clerk("/tasks/payout/orders/0/first/-"), "pay.check")]) == ["order.broken"]
}

test_order_of_other_actions_says_nothing if {
	f.reasons_by(
		json.patch(f.payout, [f.put("/done/session", [])]),
		[f.put(f.of_clerk("/tasks/payout/orders/0/then"), {"pay.find": true})],
	) == []
}
