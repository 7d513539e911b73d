# Whether what was looked up is of the policy document's contract (domain/decision/policy-document.ts). A rule about
# something that is missing, or of another type, would not refuse: neither a comparison with it, nor the comparison's
# negation, of which OPA looks up the operands first.
package ambit.decision

refused contains "engine.error" if {
	task
	not sound
}

sound if {
	sound_agent
	sound_task
	sound_call
	every edge in edges { sound_edge(edge) }
}

sound_agent if {
	entry := agent
	is_boolean(entry.suspended)
	is_number(entry.expires)
	is_number(entry.session.idleSeconds)
	is_number(entry.session.totalSeconds)
}

sound_task if {
	entry := task
	is_number(entry.ttlSeconds)
	sound_aws(entry.aws)
	is_string(entry.approvalGroup)
	is_object(entry.budgets)
	is_array(entry.orders)
	is_number(entry.observeUntil)
}

sound_aws(null)

sound_aws(entry) if {
	is_object(entry.data)
	is_number(entry.reads)
	is_number(entry.writes)
}

sound_call if input.phase == "issue"

# What is not granted may have no tool, and is refused for that.
sound_call if not action_granted

sound_call if {
	is_boolean(data.ambit.fleet.intentRequired)
	entry := tool
	is_string(entry.destination)
	is_number(entry.clearance)
	is_boolean(entry.actsAsUser)
	effect := action
	is_boolean(effect.high)
	is_boolean(effect.outward)
	is_object(effect.touches)
	every budget in task.budgets { sound_budget(budget) }
	every order in task.orders { sound_order(order) }
}

sound_budget(entry) if {
	is_number(entry.limit)
	any_or_names(entry.actions)
}

sound_order(entry) if {
	is_array(entry.first)
	is_object(entry.then)
	{"run", "session"}[entry.within]
}

sound_edge(entry) if {
	is_number(entry.depth)
	any_or_names(entry.actions)
	any_or_names(entry.data)
	is_number(entry.sensitivity)
	is_number(entry.ttlSeconds)
}

any_or_names("any")

any_or_names(names) if is_object(names)
