# What the task may use, and where it is.
package ambit.decision

refused contains "token.other-audience" if input.token.audience != concat("", ["tool:", call.tool])

refused contains "token.out-of-scope" if {
	call
	not call.action in input.token.scope
}

refused contains "audience.not-granted" if {
	input.phase == "issue"
	task
	not audience_granted
}

refused contains "action.not-granted" if {
	call
	task
	not action_granted
}

# Also what no tool declares: nothing could be said of its host, its data and its effect.
action_granted if {
	action
	task.actions[call_name]
}

refused contains "destination.undeclared" if call.destination != tool.destination

# No token has it: it stands for a run that begins without one, which every task may.
audience_granted if input.token.audience == "run"

audience_granted if {
	input.token.audience == "exchange"
	count(task.delegates) > 0
}

audience_granted if aws

audience_granted if {
	startswith(input.token.audience, "tool:")
	task.tools[substring(input.token.audience, 5, -1)]
}
