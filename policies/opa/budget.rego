# How often, how much, and after what.
package ambit.decision

softened contains "budget.spent" if {
	some key, budget in counting
	input.budgets[key].spent + input.budgets[key].cost > budget.limit
}

softened contains "budget.unknown" if {
	some key, _ in counting
	not input.budgets[key]
}

softened contains "order.broken" if {
	call
	some order in task.orders
	has_call(order.then)
	some first in order.first
	not first in input.done[order.within]
}

# Budgets of the task that count this call
counting[key] := budget if {
	call
	some key, budget in task.budgets
	has_call(budget.actions)
}
